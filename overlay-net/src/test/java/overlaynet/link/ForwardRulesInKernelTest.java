package overlaynet.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** The kernel takes the rules of every kind of bridge, and lists them as they were meant. */
@NeedsKernel
class ForwardRulesInKernelTest {
    @BeforeAll
    static void needsNamespacesAndNftables() throws NftablesException {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (Nftables nftables = Nftables.open()) {
            Assumptions.assumeTrue(nftables != null);
        } catch (NftablesMissingException missing) {
            Assumptions.abort(missing.getMessage());
        }
    }

    @Test
    void theRulesOfARoutedNetworkAreTaken() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create()) {
            for (boolean internal : List.of(false, true)) {
                String listed = host.call(() -> {
                    try (Nftables nftables = Nftables.open()) {
                        nftables.run(ForwardRules.install("t", ForwardRulesTest.routed(internal), List.of()));
                        return nftables.run("list table inet t");
                    }
                });
                assertTrue(listed.contains("fib saddr . iif oif missing"), listed);
                assertTrue(listed.contains("ip daddr 127.0.0.0/8 iifname != \"lo\" drop"), listed);
            }
        }
    }

    private static boolean decides(String line) {
        return line.matches(".*\\b(accept|drop|goto|reject)\\b.*") && !line.contains("policy");
    }

    @Test
    void theRulesOfASharedNetworkAreTaken() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create()) {
            for (boolean internal : List.of(false, true)) {
                for (boolean ipv6 : List.of(false, true)) {
                    Bridge bridge = ForwardRulesTest.shared(internal, ipv6);
                    String listed = host.call(() -> {
                        try (Nftables nftables = Nftables.open()) {
                            nftables.run(ForwardRules.install("t", bridge, List.of()));
                            // Replacing what is there is the same once more.
                            nftables.run(ForwardRules.install("t", bridge, List.of()));
                            return nftables.run("list chain inet t from_bridge") + nftables.run("list chain inet t from_tunnel")
                                    + nftables.run("list chain inet t forward");
                        }
                    });
                    long rules = ForwardRules.install("t", bridge, List.of()).lines()
                            .dropWhile(each -> !each.contains("chain from_bridge"))
                            .takeWhile(each -> !each.contains("chain redirects")).filter(ForwardRulesInKernelTest::decides).count();
                    assertEquals(rules, listed.lines().filter(ForwardRulesInKernelTest::decides).count(), listed);
                    assertTrue(listed.contains("ip saddr != 10.9.3.0/24 counter"), listed);
                    assertEquals(ipv6, listed.contains("ip6 saddr != fd00:9:0:3::/64 counter"), listed);
                }
            }
        }
    }
}
