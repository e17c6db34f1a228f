package dev.cerberus.training.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

import dev.cerberus.djl.TorchRuntime;

/**
 * The versions of what a result was made with.
 */
public final class Versions {

    private static final String UNKNOWN = "development";

    private Versions() {
    }

    /**
     * Returns Cerberus' own version.
     * @return the version, or {@code development} outside a jar
     */
    public static String cerberus() {
        return properties("META-INF/maven/dev.cerberus/cerberus-core/pom.properties").getProperty("version", UNKNOWN);
    }

    /**
     * Returns all versions by name.
     * @return Cerberus, Java, DJL, the libtorch that is or would be loaded, and operating
     * system, in this order
     */
    public static Map<String, String> all() {
        Properties engine = properties("pytorch-engine.properties");
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("cerberus", cerberus());
        versions.put("java", System.getProperty("java.version", ""));
        versions.put("djl", engine.getProperty("djl_version", UNKNOWN));
        versions.put("pytorch", TorchRuntime.libraryVersion());
        versions.put("os", System.getProperty("os.name", "") + " " + System.getProperty("os.arch", ""));
        return versions;
    }

    private static Properties properties(String resource) {
        Properties properties = new Properties();
        try (InputStream in = Versions.class.getClassLoader().getResourceAsStream(resource)) {
            if (in != null) {
                properties.load(in);
            }
        }
        catch (IOException ex) {
            return new Properties(); // a version less is no reason to lose a result
        }
        return properties;
    }

}
