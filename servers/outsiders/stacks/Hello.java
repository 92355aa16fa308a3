import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

class Hello {
  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(args[0])), 0);
    server.createContext("/plaintext", exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "text/plain");
      exchange.sendResponseHeaders(200, 13);
      exchange.getResponseBody().write("Hello, World!".getBytes());
      exchange.close();
    });
    server.start();
  }
}
