package dev.cerberus.spring.boot.autoconfigure;

/**
 * Thrown at start-up when neither a model is configured nor the demo model present.
 */
public final class MissingModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MissingModelException() {
        super("There is no model: cerberus.model.location is not set and the demo model is not on the class path; "
                + "set cerberus.model.location to a directory in Hugging Face layout, a GGUF file or hf://ORG/NAME, or add "
                + "the dependency dev.cerberus:cerberus-demo-model, or set cerberus.enabled to false");
    }

}
