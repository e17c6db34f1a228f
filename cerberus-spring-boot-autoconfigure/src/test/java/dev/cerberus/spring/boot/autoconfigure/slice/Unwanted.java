package dev.cerberus.spring.boot.autoconfigure.slice;

import org.springframework.stereotype.Service;

/**
 * A component of the application.
 */
@Service
class Unwanted {

}
