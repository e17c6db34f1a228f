package dev.cerberus.spring.boot.autoconfigure;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class QuietTensorLibraryTests {

    @Configuration(proxyBeanMethods = false)
    static class Application {

    }

    private static LogLevel level(String logger, String... properties) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .run(properties)) {
            LoggerFactory.getLogger(logger); // only those that there are have a level
            return LoggingSystem.get(context.getClassLoader()).getLoggerConfiguration(logger).getEffectiveLevel();
        }
    }

    @Test
    void libraryWarnsOnlyAndGpusAreNoFault() {
        assertThat(level("ai.djl.pytorch.engine.PtEngine")).isEqualTo(LogLevel.WARN);
        assertThat(level("ai.djl.util.cuda.CudaUtils")).isEqualTo(LogLevel.ERROR);
        assertThat(level("dev.cerberus.engine")).isEqualTo(LogLevel.INFO);
    }

    @Test
    void levelsOfTheApplicationCount() {
        assertThat(level("ai.djl.util.cuda.CudaUtils", "--logging.level.ai.djl.util.cuda=info"))
            .isEqualTo(LogLevel.INFO);
        assertThat(level("ai.djl.pytorch.engine.PtEngine", "--logging.level.ai.djl=info")).isEqualTo(LogLevel.INFO);
    }

}
