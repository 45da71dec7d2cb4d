// Package readme holds a test alone: what the README names exists.
package readme
