import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A hub on loopback with one model, for a machine that reaches no other.
 *
 * <pre>
 * java docs/session/StubHub.java PORT ORG/NAME FOLDER
 * </pre>
 */
public final class StubHub {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private StubHub() {
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[2]);
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map((file) -> file.getFileName().toString()).sorted().toList();
        }
        HttpServer hub = HttpServer
            .create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 0);
        hub.createContext("/", (exchange) -> answer(exchange, 404, new byte[0]));
        hub.createContext("/api/models/" + arguments[1] + "/", (exchange) -> answer(exchange, 200,
                names.stream()
                    .map((name) -> "{\"rfilename\":\"" + name + "\"}")
                    .collect(Collectors.joining(",", "{\"sha\":\"" + COMMIT + "\",\"siblings\":[", "]}"))
                    .getBytes()));
        for (String name : names) {
            byte[] content = Files.readAllBytes(folder.resolve(name));
            hub.createContext("/" + arguments[1] + "/resolve/" + COMMIT + "/" + name, (exchange) -> {
                exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256(content) + "\"");
                exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.length));
                answer(exchange, 200, content);
            });
        }
        hub.start();
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] content) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, (head || content.length == 0) ? -1 : content.length);
        if (!head && content.length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(content);
            }
        }
        exchange.close();
    }

}
