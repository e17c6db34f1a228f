package dev.cerberus.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Locale;

import dev.cerberus.model.ModelException;

/**
 * Where a server is to listen, tried out before a model is loaded for it. Another program
 * may still take the port meanwhile.
 *
 * @param host a name or an address of this machine
 * @param port the port, 0..65535; 0 for any
 */
record ListeningAddress(String host, int port) {

    private static final String EXAMPLES = "localhost is this machine alone and 0.0.0.0 all its addresses";

    /**
     * Listens for a moment.
     * @throws ModelException if that can not be; it names the option to correct
     */
    void require() {
        // Java takes it for this machine alone, and the server for all its addresses
        if (this.host.isBlank()) {
            throw new ModelException("host is empty; correct --host, " + EXAMPLES);
        }
        InetAddress address;
        try {
            address = InetAddress.getByName(this.host);
        }
        catch (UnknownHostException ex) {
            throw unusable("is not known to this machine or its name servers", ex);
        }
        try {
            listen(address, 0); // so that what fails next is the port's fault
        }
        catch (IOException ex) {
            throw unusable("is no address of this machine (" + ex.getMessage() + ")", ex);
        }
        try {
            listen(address, this.port);
        }
        catch (IOException ex) {
            throw refused(this.port, ex);
        }
    }

    private static void listen(InetAddress address, int port) throws IOException {
        new ServerSocket(port, 1, address).close();
    }

    private ModelException unusable(String problem, IOException cause) {
        return new ModelException("host " + this.host + " " + problem + "; correct --host, " + EXAMPLES, cause);
    }

    /**
     * Says why a port can not be had.
     * @param port the port
     * @param cause what the system said
     */
    static ModelException refused(int port, Exception cause) {
        String reason = String.valueOf(cause.getMessage());
        return new ModelException("port " + port
                + (reason.toLowerCase(Locale.ROOT).contains("in use") ? " is taken"
                        : " can not be listened on (" + reason + ")")
                + "; name another with --port, or 0 for any", cause);
    }

}
