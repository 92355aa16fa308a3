# hello.tcl PORT: one loop on Tcl's own events.
proc serve {channel address port} {
    fconfigure $channel -translation crlf
    while {[gets $channel] ne ""} {}
    puts $channel "HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 13\nConnection: close\n"
    puts -nonewline $channel "Hello, World!"
    close $channel
}
socket -server serve -myaddr 127.0.0.1 [lindex $argv 0]
vwait forever
