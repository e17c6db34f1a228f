package dev.cerberus.openai;

import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;
import org.mockito.Mockito;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import dev.cerberus.engine.OutputFormat;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/** What the fields of a request make of the defaults of an application's own model. */
class OpenAiOwnModelTests extends AbstractOpenAiHttpTests {

    @MockitoSpyBean
    private CerberusStreamingChatModel model;

    @Test
    void callsAreAsParallelAsTheApplicationWantsUnlessTheRequestSays() throws Exception {
        ScriptedGenerator generator = answer("x");
        for (String[] each : new String[][] { { "", "false" }, { ",\"parallel_tool_calls\":true", "true" }, {
                ",\"parallel_tool_calls\":true,\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"time\"}}",
                "false" } }) {
            assertThat(chat(TOOLS + each[0]).statusCode()).isEqualTo(200);
            assertThat(generator.lastRequest().format()).containsInstanceOf(OutputFormat.ToolCalls.class)
                .get()
                .extracting((format) -> ((OutputFormat.ToolCalls) format).parallel())
                .as(each[0])
                .isEqualTo(Boolean.valueOf(each[1]));
        }
    }

    @Test
    void faultOfTheApplicationIsNoFaultOfTheRequest() throws Exception {
        Mockito.doThrow(new IllegalArgumentException("secret"))
            .when(this.model)
            .start(ArgumentMatchers.any(), ArgumentMatchers.any());
        for (String form : List.of("", ",\"stream\":true")) {
            HttpResponse<String> response = chat(form);
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(json(response).at("/error/message").stringValue())
                .isEqualTo("The answer failed; the log of the application says why");
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class OwnModel {

        @Bean
        CerberusStreamingChatModel oneCallAtATime(SwitchedGenerator script) {
            return CerberusStreamingChatModel.builder(script)
                .defaultRequestParameters(CerberusChatRequestParameters.builder().parallelToolCalls(false).build())
                .build();
        }

    }

}
