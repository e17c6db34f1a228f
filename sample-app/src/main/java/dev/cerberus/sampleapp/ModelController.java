package dev.cerberus.sampleapp;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.cerberus.engine.TextGenerator;

/**
 * The model of the chat, described for the page.
 */
@RestController
class ModelController {

    private final ModelCard card;

    ModelController(TextGenerator generator, ChatProperties properties) {
        this.card = ModelCard.of(generator, properties.examples());
    }

    @GetMapping("/chat/model")
    ModelCard model() {
        return this.card;
    }

}
