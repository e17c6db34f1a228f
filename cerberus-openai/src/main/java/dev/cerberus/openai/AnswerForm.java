package dev.cerberus.openai;

/**
 * How an answer is wanted.
 *
 * @param stream whether piece by piece
 * @param usage whether a stream ends with the numbers of tokens
 */
record AnswerForm(boolean stream, boolean usage) {

    static AnswerForm read(Fields body) {
        boolean stream = body.flag("stream").orElse(false);
        boolean usage = body.find("stream_options").map((value) -> {
            Fields options = Fields.of(value, "stream_options");
            boolean wanted = options.flag("include_usage").orElse(false);
            options.ignore("include_obfuscation");
            options.requireAllKnown();
            return wanted;
        }).orElse(false);
        if (body.find("stream_options").isPresent() && !stream) {
            throw OpenAiException.invalid("stream_options", "'stream_options' needs 'stream' to be true");
        }
        return new AnswerForm(stream, usage);
    }

}
