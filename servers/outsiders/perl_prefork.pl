#!/usr/bin/perl
# perl_prefork.pl PORT PROCESSES [ADDRESS]: a minimal server in another language, to show what a contestant needs. Each
# process accepts a connection, serves it until it closes, and accepts the next.
use strict;
use warnings;
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

my $LARGEST_HEAD = 8192;
my $LARGEST_BODY = 1 << 20;

# Bytes of one request and what follows it; undef when the client closed before its end.
sub read_until {
    my ($peer, $buffer, $whole) = @_;
    until ($whole->($$buffer)) {
        sysread($peer, $$buffer, 65536, length $$buffer) or return;
    }
    return 1;
}

sub reply {
    my ($peer, $status, $type, $body, $close) = @_;
    my $head = "HTTP/1.1 $status\r\nContent-Type: $type\r\nContent-Length: " . length($body) . "\r\n";
    $head .= $close ? "Connection: close\r\n\r\n" : "\r\n";
    my $bytes = $head . $body;
    while (length $bytes) {
        my $sent = syswrite($peer, $bytes) or return;
        substr($bytes, 0, $sent, '');
    }
    return !$close;
}

# True when the connection stays open.
sub answer {
    my ($peer, $buffer) = @_;
    read_until($peer, $buffer, sub { $_[0] =~ /\r\n\r\n/ || length $_[0] > $LARGEST_HEAD }) or return;
    $$buffer =~ s/^(\S+) (\S+) HTTP\/1\.([01])\r\n(.*?\r\n|)\r\n//s
        or return reply($peer, '400 Bad Request', 'text/plain', 'Bad Request', 1);
    my ($method, $path, $minor, $fields) = ($1, $2, $3, $4);
    my $close = $fields =~ /^Connection:[ \t]*close/mi || !$minor;
    $fields =~ /^Transfer-Encoding:/mi and return reply($peer, '501 Not Implemented', 'text/plain', 'Not Implemented', 1);

    my $size = $fields =~ /^Content-Length:[ \t]*(\d+)/mi ? $1 : 0;
    $size > $LARGEST_BODY and return reply($peer, '413 Content Too Large', 'text/plain', 'Content Too Large', 1);
    $fields =~ /^Expect:[ \t]*100-continue/mi and syswrite($peer, "HTTP/1.1 100 Continue\r\n\r\n");
    read_until($peer, $buffer, sub { length $_[0] >= $size }) or return;
    my $body = substr($$buffer, 0, $size, '');

    if ("$method $path" eq 'GET /plaintext') {
        return reply($peer, '200 OK', 'text/plain', 'Hello, World!', $close);
    } elsif ("$method $path" eq 'GET /json') {
        return reply($peer, '200 OK', 'application/json', '{"message":"Hello, World!"}', $close);
    } elsif ("$method $path" eq 'POST /echo') {
        return reply($peer, '200 OK', 'application/octet-stream', $body, $close);
    } elsif ("$method $path" =~ /^GET \/delay\/(\d+)$/) {
        select(undef, undef, undef, $1 / 1000);
        return reply($peer, '200 OK', 'text/plain', $1, $close);
    }
    return reply($peer, '404 Not Found', 'text/plain', 'Not Found', $close);
}

sub work {
    my ($listener) = @_;
    while (my $peer = $listener->accept) {
        setsockopt($peer, IPPROTO_TCP, TCP_NODELAY, 1);
        my $buffer = '';
        1 while answer($peer, \$buffer);
    }
}

sub stop {
    my ($code) = @_;
    $SIG{TERM} = 'IGNORE';
    kill TERM => -getpgrp;
    1 while wait > 0;
    exit $code;
}

my ($port, $processes, $address) = @ARGV;
my $listener = IO::Socket::INET->new(LocalAddr => $address // '127.0.0.1', LocalPort => $port, Listen => 65535,
                                     ReuseAddr => 1)
    or die "cannot listen on port $port: $@\n";
setpgrp;  # one signal then reaches every worker, also the one being forked
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = $SIG{INT} = sub { stop(0) };
pipe(my $gate, my $latch) or die "pipe: $!\n";  # no worker answers before all have started
for (1 .. $processes) {
    my $pid = fork // die "cannot fork: $!\n";
    next if $pid;
    $SIG{TERM} = $SIG{INT} = 'DEFAULT';
    close $latch;
    sysread($gate, my $nothing, 1);
    work($listener);
    exit 1;
}
close $latch;
wait;  # until a signal; the server ends if a worker does
warn "a worker ended\n";
stop(1);
