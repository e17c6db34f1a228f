package dev.cerberus.openai;

import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

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
        CerberusStreamingChatModel named() {
            return CerberusStreamingChatModel.builder(new ScriptedGenerator().named("org/name")).build();
        }

        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> encodedSlashes() {
            return (tomcat) -> tomcat
                .addConnectorCustomizers((connector) -> connector.setEncodedSolidusHandling("passthrough"));
        }

    }

}
