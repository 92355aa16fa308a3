vcl 4.1;
backend none none;
sub vcl_recv {
  return (synth(200));
}
sub vcl_synth {
  set resp.http.Content-Type = "text/plain";
  synthetic("Hello, World!");
  return (deliver);
}
