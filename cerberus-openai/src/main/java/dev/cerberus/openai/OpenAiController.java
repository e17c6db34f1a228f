package dev.cerberus.openai;

import java.io.IOException;
import java.time.Clock;
import java.util.Set;
import java.util.function.BooleanSupplier;

import dev.langchain4j.model.chat.response.StreamingHandle;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.ServletRequestPathUtils;
import tools.jackson.databind.node.ObjectNode;

import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.CerberusStreamingLanguageModel;

/**
 * The endpoints under {@code /v1}. Whoever does not wait for the answer gives back the
 * place in the engine, however far the request has come. Thread-safe.
 */
@RestController
class OpenAiController {

    private static final Logger LOGGER = LoggerFactory.getLogger(OpenAiController.class);

    private static final Set<String> POSTED = Set.of("/v1/chat/completions", "/v1/completions");

    private static final String MODELS = "/v1/models";

    private final CerberusStreamingChatModel chatModel;

    private final CerberusStreamingLanguageModel languageModel;

    private final ClientPresence presence;

    private final DataSize maxBody;

    private final Clock clock;

    private final long startSeconds;

    OpenAiController(CerberusStreamingChatModel chatModel, CerberusStreamingLanguageModel languageModel,
            ClientPresence presence, DataSize maxBody, Clock clock) {
        this.chatModel = chatModel;
        this.languageModel = languageModel;
        this.presence = presence;
        this.maxBody = maxBody;
        this.clock = clock;
        this.startSeconds = seconds();
    }

    @PostMapping("/v1/chat/completions")
    void chat(HttpServletRequest request, HttpServletResponse response) {
        answering(response, "messages", () -> {
            ChatCall call = ChatCall.read(Json.read(request, this.maxBody), model());
            Answer answer = new Answer(call.parallelToolCalls());
            StreamingHandle handle = this.chatModel.start(call.request(), answer);
            write(answer.startedAs(handle), new AnswerWriter(new ChatForm(model(), seconds()), "messages"), call.form(),
                    request, response);
        });
    }

    @PostMapping("/v1/completions")
    void complete(HttpServletRequest request, HttpServletResponse response) {
        answering(response, "prompt", () -> {
            CompletionCall call = CompletionCall.read(Json.read(request, this.maxBody), model());
            Answer answer = new Answer(false);
            StreamingHandle handle = this.languageModel.start(call.prompt(), call.parameters(), answer);
            write(answer.startedAs(handle), new AnswerWriter(new CompletionForm(model(), seconds()), "prompt"),
                    call.form(), request, response);
        });
    }

    private void write(Answer answer, AnswerWriter writer, AnswerForm form, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        BooleanSupplier gone = () -> this.presence.isGone(request);
        try {
            if (form.stream()) {
                writer.writeEvents(answer, form.usage(), response, gone);
            }
            else {
                writer.writeWhole(answer, response, gone);
            }
        }
        catch (IOException | RuntimeException | Error ex) {
            answer.cancel();
            throw ex;
        }
    }

    @GetMapping({ "/v1/models", "/v1/models/" })
    void models(HttpServletResponse response) {
        answering(response, "model", () -> {
            ObjectNode list = Json.object().put("object", "list");
            list.putArray("data").add(card());
            Responses.write(response, list);
        });
    }

    @GetMapping("/v1/models/{*id}")
    void model(@PathVariable String id, HttpServletResponse response) {
        answering(response, "model", () -> {
            if (!id.equals("/" + model())) {
                throw OpenAiException.refused(HttpStatus.NOT_FOUND, "model", "model_not_found",
                        "There is no model '" + id.substring(1) + "' here; the one that is there is '" + model() + "'");
            }
            Responses.write(response, card());
        });
    }

    @RequestMapping("/v1/**")
    void anythingElse(HttpServletRequest request, HttpServletResponse response) {
        answering(response, "messages", () -> {
            // neither the context's path nor that of Spring MVC's servlet are of the
            // endpoint
            String path = ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication().value();
            boolean posted = POSTED.contains(path);
            if (posted || path.equals(MODELS) || path.startsWith(MODELS + "/")) {
                String method = posted ? "POST" : "GET";
                response.setHeader("Allow", method);
                throw OpenAiException.refused(HttpStatus.METHOD_NOT_ALLOWED, null, null,
                        request.getMethod() + " is not for " + path + "; send a " + method);
            }
            throw OpenAiException.refused(HttpStatus.NOT_FOUND, null, "unknown_url",
                    "There is nothing at " + request.getMethod() + " " + path);
        });
    }

    private ObjectNode card() {
        return Json.object()
            .put("id", model())
            .put("object", "model")
            .put("created", this.startSeconds)
            .put("owned_by", "cerberus");
    }

    private String model() {
        return this.chatModel.defaultRequestParameters().modelName();
    }

    private long seconds() {
        return this.clock.instant().getEpochSecond();
    }

    /** Acts, and tells the client of a failure if it can still be told. */
    private static void answering(HttpServletResponse response, String input, Action action) {
        try {
            try {
                action.run();
            }
            catch (RuntimeException ex) {
                OpenAiException refusal = OpenAiErrors.translate(ex, input);
                if (!response.isCommitted()) {
                    Responses.write(response, refusal);
                }
            }
        }
        catch (IOException ex) {
            LOGGER.debug("The client has gone", ex);
        }
    }

    /**
     * What an endpoint does.
     */
    @FunctionalInterface
    private interface Action {

        void run() throws IOException;

    }

}
