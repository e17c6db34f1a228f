package dev.cerberus.cli;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.model.ModelException;

/**
 * The endpoints of {@code cerberus-openai} over an engine, as a server of their own. The
 * only class here that knows Spring, so that no other command loads it.
 */
final class OpenAiServer implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private final CountDownLatch ended;

    private OpenAiServer(ConfigurableApplicationContext context, CountDownLatch ended) {
        this.context = context;
        this.ended = ended;
    }

    /**
     * What the server is made of.
     */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        /** Clients encode the slash of a name such as {@code ORG/NAME} in an address. */
        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> encodedSlashes() {
            return (tomcat) -> tomcat
                .addConnectorCustomizers((connector) -> connector.setEncodedSolidusHandling("passthrough"));
        }

    }

    /**
     * Starts a server.
     * @param engine what answers; the caller closes it after the server
     * @param host the address to listen on
     * @param port the port; 0 for any
     * @return the server, which answers already
     * @throws ModelException if the port is taken
     */
    static OpenAiServer start(CerberusEngine engine, String host, int port) {
        CountDownLatch ended = new CountDownLatch(1);
        SpringApplication application = new SpringApplication(Application.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.addInitializers((ApplicationContextInitializer<GenericApplicationContext>) (context) -> context
            .registerBean("cerberusEngine", CerberusEngine.class, () -> engine));
        application.addListeners((ContextClosedEvent event) -> ended.countDown());
        try {
            return new OpenAiServer(application.run(arguments(host, port)), ended);
        }
        catch (RuntimeException ex) {
            if (portInUse(ex)) {
                throw new ModelException("port " + port + " is taken; name another with --port, or 0 for any", ex);
            }
            throw ex;
        }
    }

    /**
     * What is not said here is not looked for in files of the working directory either.
     */
    private static String[] arguments(String host, int port) {
        Map<String, String> properties = Map.of("server.address", host, "server.port", String.valueOf(port),
                "cerberus.openai.enabled", "true", "server.shutdown", "graceful", "logging.level.root", "warn",
                "spring.config.location", "optional:classpath:/none/");
        List<String> arguments = properties.entrySet()
            .stream()
            .map((property) -> "--" + property.getKey() + "=" + property.getValue())
            .toList();
        return arguments.toArray(String[]::new);
    }

    private static boolean portInUse(RuntimeException failure) {
        for (@Nullable
        Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof PortInUseException) {
                return true;
            }
        }
        return false;
    }

    /** Returns the port that the server listens on. */
    int port() {
        return Objects.requireNonNull(((WebServerApplicationContext) this.context).getWebServer()).getPort();
    }

    /** Waits until the process is told to end. */
    void awaitEnd() throws InterruptedException {
        this.ended.await();
    }

    @Override
    public void close() {
        this.context.close();
    }

}
