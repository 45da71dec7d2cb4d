package sio

// TakePacket gives a socket a packet of protocol 5 as if its client had sent
// it. On the socket's loop only.
func TakePacket(s *Socket, data []byte) { s.c.takeRev5(data) }
