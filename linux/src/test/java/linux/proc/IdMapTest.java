package linux.proc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IdMapTest {

    @Test
    void everyIdToItselfIsTheHost() {
        assertTrue(IdMap.isWholeHost("         0          0 4294967295\n"));
    }

    @Test
    void aRangeIsAnOrdinaryUsersNamespace() {
        assertFalse(IdMap.isWholeHost("         0       1001          1\n         1     100000      65535\n"));
        assertFalse(IdMap.isWholeHost("0 1001 1\n"));
    }

    @Test
    void anUnmappedNamespaceIsNotTheHost() {
        assertFalse(IdMap.isWholeHost(""));
    }
}
