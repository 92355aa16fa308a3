# hello_daemon.pl PORT: hello world of HTTP::Daemon's documentation, one connection after another.
use strict;
use warnings;
use HTTP::Daemon;
use HTTP::Response;

my $daemon = HTTP::Daemon->new(LocalAddr => '127.0.0.1', LocalPort => shift) or die "$!";
while (my $connection = $daemon->accept) {
    while ($connection->get_request) {
        $connection->send_response(HTTP::Response->new(200, 'OK', ['Content-Type' => 'text/plain'], 'Hello, World!'));
    }
}
