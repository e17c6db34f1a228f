package dev.cerberus.cli;

import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.model.ModelException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class ListeningAddressTests {

    @Test
    void portIsFreeAgainWhenItWasTriedOut() throws Exception {
        int port;
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            port = any.getLocalPort();
            assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> new ListeningAddress("localhost", port).require())
                .withMessage("port " + port + " is taken; name another with --port, or 0 for any");
        }
        assertThatNoException().isThrownBy(() -> {
            new ListeningAddress("localhost", port).require();
            new ServerSocket(port, 1, InetAddress.getByName("localhost")).close();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = { "", " " })
    void hostThatIsEmptyIsNotTakenForAllAddresses(String host) {
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> new ListeningAddress(host, 0).require())
            .withMessageStartingWith("host is empty; correct --host, ");
    }

    @Test
    void addressOfIpv6StandsInBracketsForClients() {
        assertThat(ServeCommand.url("::1", 8080)).isEqualTo("http://[::1]:8080/v1");
        assertThat(ServeCommand.url("localhost", 8080)).isEqualTo("http://localhost:8080/v1");
    }

    @Test
    void portThatTheUserMayNotHaveIsCalledSo() {
        assertThat(ListeningAddress.refused(80, new BindException("Permission denied")))
            .hasMessage("port 80 can not be listened on (Permission denied); name another with --port, or 0 for any");
    }

}
