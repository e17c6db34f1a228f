package dev.cerberus.spring.boot.autoconfigure.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * An application with a component that a test includes and one that it does not.
 */
@SpringBootApplication
class SlicedApplication {

}
