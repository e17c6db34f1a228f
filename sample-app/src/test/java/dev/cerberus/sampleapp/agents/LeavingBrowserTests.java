package dev.cerberus.sampleapp.agents;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.KnowingEngine;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A controller that returns the stream of an AI service, and a browser that goes away.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "spring.config.location=optional:classpath:/not-of-the-sample/")
class LeavingBrowserTests {

    private static final Duration STEP = Duration.ofMillis(4);

    @Autowired
    private CerberusEngine engine;

    @LocalServerPort
    private int port;

    interface Teller {

        Flux<String> tell(String question);

    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Stories.class)
    static class Application {

        @Bean(destroyMethod = "close")
        CerberusEngine engine() {
            return KnowingEngine.open("teller", (conversation) -> List.of("And then she went on. ".repeat(400)), STEP);
        }

    }

    @RestController
    static class Stories {

        private final Teller teller;

        Stories(CerberusStreamingChatModel model) {
            this.teller = AiServices.create(Teller.class, model);
        }

        @GetMapping(path = "/story", produces = "text/event-stream")
        Flux<String> story(@RequestParam String about) {
            return this.teller.tell(about);
        }

    }

    @Test
    void browserThatGoesAwayEndsItsRequestWithinAStep() throws Exception {
        try (Socket browser = new Socket("localhost", this.port);
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(browser.getInputStream(), StandardCharsets.UTF_8))) {
            browser.getOutputStream()
                .write("GET /story?about=a%20fox HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            String line = in.readLine();
            while (!line.startsWith("data:")) {
                line = in.readLine();
            }
            assertThat(this.engine.activeRequests()).isOne();
        }
        // the whole story takes two seconds at least
        assertThat(this.engine.awaitIdle(Duration.ofSeconds(1))).isTrue();
        assertThat(this.engine.totals().outputTokens()).isLessThan(400);
    }

}
