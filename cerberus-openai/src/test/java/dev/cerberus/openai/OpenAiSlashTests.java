package dev.cerberus.openai;

import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A model with a slash in its name, on a Tomcat that was told to let encoded ones pass.
 */
class OpenAiSlashTests extends AbstractOpenAiHttpTests {

    @Test
    void modelIsFoundWhetherItsSlashIsEncodedOrNot() throws Exception {
        for (String path : new String[] { "/v1/models/org/name", "/v1/models/org%2Fname", "/v1/models/org%2fname" }) {
            HttpResponse<String> response = send(request(path).build());
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(json(response).get("id").stringValue()).isEqualTo("org/name");
        }
        assertThat(json(send(request("/v1/models/org%2Fother").build())).at("/error/message").stringValue())
            .isEqualTo("There is no model 'org/other' here; the one that is there is 'org/name'");
        assertThat(send(request("/v1%2Fmodels").build()).statusCode()).isEqualTo(404);
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class NameWithSlash {

        @Bean
        CerberusStreamingChatModel named(SwitchedGenerator script) {
            return CerberusStreamingChatModel.builder(new Named(script)).build();
        }

        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> encodedSlashes() {
            return (tomcat) -> tomcat
                .addConnectorCustomizers((connector) -> connector.setEncodedSolidusHandling("passthrough"));
        }

    }

    private record Named(TextGenerator generator) implements TextGenerator {

        @Override
        public EngineDescription description() {
            EngineDescription scripted = this.generator.description();
            return new EngineDescription("org/name", scripted.modelLocation(), scripted.dimensions(), scripted.device(),
                    scripted.precision(), scripted.heads(), scripted.memoryTokens(), scripted.chat(), scripted.notes());
        }

        @Override
        public GateOptions gate() {
            return this.generator.gate();
        }

        @Override
        public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
            return this.generator.submit(request, listener);
        }

    }

}
