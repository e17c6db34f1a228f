package dev.cerberus.sampleapp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;

/**
 * A request whose body has a largest size and a longest time, and is read while not too
 * many others are. Confined to the request's thread.
 */
final class LimitedRequest extends HttpServletRequestWrapper {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Bodies that are there are read in no time; those that are not keep others out. */
    private static final long TURN_MILLIS = 200;

    private final DataSize maxBody;

    private final Semaphore bodies;

    private @Nullable ServletInputStream body;

    LimitedRequest(HttpServletRequest request, DataSize maxBody, Semaphore bodies) {
        super(request);
        this.maxBody = maxBody;
        this.bodies = bodies;
    }

    static String tooLarge(DataSize maxBody) {
        return String.format(Locale.ROOT, "The body may have at most %d kB; say it in fewer words",
                maxBody.toKilobytes());
    }

    /** Returns whether the client has announced a body that was not read to its end. */
    boolean hasUnreadBody() {
        ServletInputStream stream = this.body;
        return isBodyAnnounced() && (stream == null || !stream.isFinished());
    }

    private boolean isBodyAnnounced() {
        return getContentLengthLong() > 0 || getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (!isBodyAnnounced()) {
            return super.getInputStream(); // nothing to wait for
        }
        ServletInputStream stream = this.body;
        if (stream == null) {
            stream = new Body(super.getInputStream());
            this.body = stream;
        }
        return stream;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        String encoding = getCharacterEncoding();
        Charset charset = (encoding != null) ? Charset.forName(encoding) : StandardCharsets.UTF_8;
        return new BufferedReader(new InputStreamReader(getInputStream(), charset));
    }

    /**
     * Thrown while a body is read that can not be taken.
     */
    static final class RefusedBodyException extends IOException {

        private static final long serialVersionUID = 1L;

        private final HttpStatus status;

        RefusedBodyException(HttpStatus status, String message) {
            super(message);
            this.status = status;
        }

        HttpStatus status() {
            return this.status;
        }

        static @Nullable RefusedBodyException in(Throwable failure) {
            Throwable cause = failure;
            while (cause != null && !(cause instanceof RefusedBodyException)) {
                cause = cause.getCause();
            }
            return (RefusedBodyException) cause;
        }

    }

    private final class Body extends ServletInputStream {

        private final ServletInputStream in;

        private final long startNanos = System.nanoTime();

        private long count;

        Body(ServletInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (!acquire()) {
                throw refused(HttpStatus.SERVICE_UNAVAILABLE,
                        "Too many bodies are on their way at present; try again later");
            }
            try {
                int read = this.in.read(bytes, offset, length);
                this.count += Math.max(0, read);
                check();
                return read;
            }
            finally {
                LimitedRequest.this.bodies.release();
            }
        }

        private boolean acquire() throws IOException {
            try {
                return LimitedRequest.this.bodies.tryAcquire(TURN_MILLIS, TimeUnit.MILLISECONDS);
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while a body was being read");
            }
        }

        private void check() throws IOException {
            if (this.count > LimitedRequest.this.maxBody.toBytes()) {
                throw refused(HttpStatus.CONTENT_TOO_LARGE, tooLarge(LimitedRequest.this.maxBody));
            }
            if (System.nanoTime() - this.startNanos > PATIENCE.toNanos()) {
                throw refused(HttpStatus.REQUEST_TIMEOUT,
                        "The body did not come within " + PATIENCE.toSeconds() + " seconds");
            }
        }

        private static RefusedBodyException refused(HttpStatus status, String message) {
            return new RefusedBodyException(status, message);
        }

        @Override
        public boolean isFinished() {
            return this.in.isFinished();
        }

        @Override
        public boolean isReady() {
            return this.in.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("Bodies are read as a whole");
        }

    }

}
