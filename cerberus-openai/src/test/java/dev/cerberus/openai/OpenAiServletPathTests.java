package dev.cerberus.openai;

import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Spring MVC behind a path of its own. */
@TestPropertySource(properties = { "spring.mvc.servlet.path=/api", "server.servlet.context-path=/shop" })
class OpenAiServletPathTests extends AbstractOpenAiHttpTests {

    @Test
    void wrongMethodIsToldFromAWrongPath() throws Exception {
        answer("Hello");
        assertThat(send(request("/shop/api/v1/models").build()).statusCode()).isEqualTo(200);
        HttpResponse<String> get = send(request("/shop/api/v1/chat/completions").build());
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("Allow")).contains("POST");
        HttpResponse<String> delete = send(request("/shop/api/v1/models/scripted").DELETE().build());
        assertThat(delete.statusCode()).isEqualTo(405);
        assertThat(delete.headers().firstValue("Allow")).contains("GET");
        assertThat(send(request("/shop/api/v1/embeddings").build()).statusCode()).isEqualTo(404);
    }

}
