package dev.cerberus.spring.boot.autoconfigure;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Log levels of the tensor library, below all that an application sets itself.
 */
/*
 * It tells how many threads it has and that its optimizer may be slow, both before we set
 * them, and reports machines without a GPU as if that were a fault. What matters of these
 * is in our own report.
 */
final class QuietTensorLibrary implements EnvironmentPostProcessor {

    private static final Map<String, Object> LEVELS = Map.of("logging.level.ai.djl", "warn",
            "logging.level.ai.djl.util.cuda", "error");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new MapPropertySource("cerberusLogLevels", LEVELS));
    }

}
