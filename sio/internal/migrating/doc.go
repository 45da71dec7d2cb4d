// Package migrating holds the programs that sio/MIGRATING.md quotes, one folder
// each, so that they compile and are tested. Its test compares each Go block
// of that page with them: change both together. Package clients runs the
// programs of later generations beside those that they replace.
package migrating
