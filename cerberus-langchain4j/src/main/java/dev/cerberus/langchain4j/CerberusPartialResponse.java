package dev.cerberus.langchain4j;

import java.util.Objects;

import dev.langchain4j.model.chat.response.PartialResponse;
import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.TokenOrigin;

/**
 * A piece of a streamed answer that knows where it came from. Immutable and thread-safe.
 *
 * <p>
 * Handlers receive it from {@link CerberusStreamingChatModel} as the
 * {@link PartialResponse} of
 * {@code onPartialResponse(PartialResponse, PartialResponseContext)}.
 */
public final class CerberusPartialResponse extends PartialResponse {

    private final TokenOrigin origin;

    /**
     * Creates a piece.
     * @param text the text, not empty
     * @param origin where the token that completed the text came from
     */
    public CerberusPartialResponse(String text, TokenOrigin origin) {
        super(text);
        this.origin = origin;
    }

    /**
     * Returns where the token that completed the text came from.
     * @return a draft token that was accepted, or the target model's own choice
     */
    public TokenOrigin origin() {
        return this.origin;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CerberusPartialResponse that && text().equals(that.text())
                && this.origin == that.origin;
    }

    @Override
    public int hashCode() {
        return Objects.hash(text(), this.origin);
    }

    @Override
    public String toString() {
        return "CerberusPartialResponse{text='" + text() + "', origin=" + this.origin + "}";
    }

}
