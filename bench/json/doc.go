// Package json compares JSON codecs on what this library asks of one: decoding
// an argument of an event into a Go value, and encoding one, on messages as
// applications send them and on hostile ones. The figures decided what
// sio.Config.JSON is by default.
//
//	go test -run TestHostile -v ./json      what each makes of hostile texts
//	go test -bench . -count 6 ./json        what each costs
package json
