// Package bench compares with the work of others. It is a module of its own,
// so that they are no dependencies of the library.
package bench
