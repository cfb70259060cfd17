package clusterd.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Sample;
import clusterd.wire.StateCodec;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A manager beside later ones, which put something into the log that it does not know. */
class UnknownEntryTest {
    /** An entry with one command, which is of that number and empty. */
    private static byte[] entryWithCommand(int number) throws IOException {
        ByteArrayOutputStream command = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(command);
        out.writeByteArray(number, new byte[0]);
        out.flush();
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        out = CodedOutputStream.newInstance(entry);
        out.writeByteArray(2, command.toByteArray());
        out.flush();
        return entry.toByteArray();
    }

    @Test
    void aCommandThatItDoesNotKnowStopsItAndIsNotPassedOver() throws IOException {
        StateMachine machine = new StateMachine();
        machine.apply(1, StateCodec.encode(new Entry(0, List.of(new Command.AddNode(Sample.node("n", 1, 1))))));
        String before = StateCodec.digest(machine.state());
        int unknown = Command.class.getPermittedSubclasses().length + 1;
        IllegalStateException stopped = assertThrows(IllegalStateException.class,
                () -> machine.apply(2, entryWithCommand(unknown)));
        assertTrue(stopped.getMessage().startsWith("entry 2 of the log is of a later version of jctl than this"
                + " manager's: upgrade it"), stopped.getMessage());
        assertEquals(before, StateCodec.digest(machine.state()));
        assertEquals(1, machine.seen().index());
    }
}
