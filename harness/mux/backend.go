package mux

// How the stream layer comes by a connection to a server.

// connectServer models connect_server for a request that no connection can
// carry: a new one is opened, which the server counts as used, and its mux
// opens the first stream.
//
// Deviation: the handshake is over when the model starts. The stream's
// connector, which is older than the connection in the C, is made here; it
// goes with a connection that fails.
//
//lastwake:c connect_server src/backend.c
func (w *World) connectServer(qc *QuicConn) {
	conn := w.connNew()
	if conn == nil {
		w.quicClose(qc)
		return
	}
	srv := w.srv
	conn.Target = srv
	conn.HashNode.Key = qc.Index
	srv.useConn()
	conn.QC = qc
	qc.Conn = conn
	w.xprtStart(qc)
	if !w.connInstallMuxBE(conn) {
		qc.Conn = nil
		conn.fullClose(w)
		conn.Free(w)
		return
	}
	qcc := conn.Ctx
	if qcc.availStreams(w) > 0 {
		srv.addToAvailList(w, conn)
	}
}

// connInstallMuxBE models conn_install_mux_be: the mux is made around the first
// stream's connector.
//
//lastwake:c conn_install_mux_be include/haproxy/connection.h
func (w *World) connInstallMuxBE(conn *Connection) bool {
	sc := w.scNew()
	if sc == nil {
		w.setConnectionClose(conn.QC, errInternal, 0)
		return false
	}
	if !w.qmuxInit(conn, sc) {
		sc.free(w)
		return false
	}
	conn.MuxSet = 1
	return true
}

// connBackendGet models conn_backend_get: an idle connection of this hash is
// taken out of the idle tree. From here on the server counts it as used.
//
//lastwake:c conn_backend_get src/backend.c
func (w *World) connBackendGet(hash uint64) *Connection {
	srv := w.srv
	node := srv.SafeConns.Lookup(w, hash)
	if node == nil {
		return nil
	}
	conn := connOfHash(node)
	conn.deleteFromTree(w, false)
	srv.useConn()
	srv.CurrIdle--
	conn.Flags &^= coSafeList
	srv.addToAvailList(w, conn)
	return conn
}

// beReuseConnection models be_reuse_connection: the stream layer looks for a
// connection among those in use with streams to spare, then among the idle
// ones, and opens a stream on it. It reports whether there was one.
//
// Deviation: the hash is the connection's number; where the C makes a new
// connection when it finds none, or one that has no stream left, the program
// says so with net.open.
//
//lastwake:c be_reuse_connection src/backend.c
func (w *World) beReuseConnection(hash uint64) bool {
	srv := w.srv
	node := srv.AvailConns.Lookup(w, hash)
	var conn *Connection
	if node != nil {
		conn = connOfHash(node)
	} else {
		conn = w.connBackendGet(hash)
	}
	if conn == nil {
		return false
	}
	qcc := conn.Ctx
	avail := qcc.availStreams(w)
	w.trace(evConnReuse, hash, avail)
	if avail <= 1 {
		conn.deleteFromTree(w, false)
	}
	if avail == 0 {
		return true
	}
	sc := w.scNew()
	if sc != nil && !qcc.attach(w, sc) {
		sc.free(w)
	}
	return true
}
