package dev.cerberus.engine;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.cerberus.text.ChatMessage;

/**
 * A process that opens an engine, answers one question and says how often something
 * looked for a way into a network. Argument: the model.
 */
final class StartProcess {

    private StartProcess() {
    }

    public static void main(String[] args) {
        AtomicInteger connections = new AtomicInteger();
        ProxySelector.setDefault(new ProxySelector() {

            @Override
            public List<Proxy> select(URI uri) {
                connections.incrementAndGet();
                System.out.println("connection to " + uri);
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                System.out.println("no connection to " + uri);
            }

        });
        try (CerberusEngine engine = CerberusEngine
            .open(EngineOptions.builder(args[0]).precision("fp32").device("cpu").build())) {
            Prompt prompt = new Prompt.Chat(List.of(ChatMessage.user("hi")), List.of());
            System.out.println("answer " + engine.generate(GenerationRequest.greedy(prompt, 20)).text());
        }
        System.out.println("connections " + connections);
    }

}
