package dev.cerberus.sampleapp;

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties of the chat.
 *
 * @param maxBody most bytes of a request's body
 * @param examples questions that the page offers
 */
@ConfigurationProperties("chat")
record ChatProperties(@DefaultValue("256KB") DataSize maxBody, @DefaultValue List<Example> examples) {

    /**
     * A question that the page offers.
     *
     * @param question what is asked
     * @param expected a word of every good answer, which the tests look for
     */
    record Example(String question, String expected) {
    }

}
