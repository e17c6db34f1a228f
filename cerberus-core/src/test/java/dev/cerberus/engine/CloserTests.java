package dev.cerberus.engine;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CloserTests {

    private final List<String> closed = new ArrayList<>();

    private final Closer closer = new Closer();

    @Test
    void whatFailsToCloseKeepsNothingElseOpen() {
        this.closer.add(() -> this.closed.add("first"));
        this.closer.add(() -> {
            throw new IllegalStateException("second");
        });
        this.closer.add(() -> this.closed.add("third"));
        this.closer.add(() -> {
            throw new IllegalArgumentException("fourth");
        });
        assertThatIllegalStateException().isThrownBy(this.closer::close)
            .withMessage("A resource could not be closed: fourth")
            .satisfies((failure) -> assertThat(failure.getSuppressed()).singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo("A resource could not be closed: second"));
        assertThat(this.closed).containsExactly("third", "first");
    }

    @Test
    void anErrorKeepsNothingElseOpenEither() {
        this.closer.add(() -> this.closed.add("first"));
        this.closer.add(() -> {
            throw new OutOfMemoryError("second");
        });
        assertThatThrownBy(this.closer::close).isInstanceOf(OutOfMemoryError.class);
        assertThat(this.closed).containsExactly("first");
    }

    @Test
    void whatIsKeptOpenIsNotClosed() {
        this.closer.add(() -> this.closed.add("first"));
        this.closer.keepOpen();
        this.closer.close();
        assertThat(this.closed).isEmpty();
    }

}
