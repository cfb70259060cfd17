package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import runtime.plan.LaunchPlan.IdRange;
import testkit.NeedsKernel;
import testkit.Requires;

@NeedsKernel
class UserNamespacesTest {
    @Test
    void aRangeKeepsOneDescriptor() throws Exception {
        Requires.root();
        try (UserNamespaces namespaces = new UserNamespaces()) {
            int descriptor = namespaces.descriptor(new IdRange(700000, 65536));
            assertTrue(java.nio.file.Files.exists(
                    java.nio.file.Path.of(namespaces.path(new IdRange(700000, 65536)))));
            assertEquals(descriptor, namespaces.descriptor(new IdRange(700000, 65536)));
        }
    }
}
