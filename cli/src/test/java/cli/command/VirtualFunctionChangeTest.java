package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.function.DivideRequest;
import api.function.DivideResponse;
import api.function.ResetRequest;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

/** jctl vf create and jctl vf reset. */
class VirtualFunctionChangeTest extends FunctionFixture {

    @Test
    void dividesACard() {
        daemon.divided = DivideResponse.newBuilder().addFunctions("0000:3b:02.0").addFunctions("0000:3b:02.1")
                .build();
        assertEquals("0000:3b:02.0\n0000:3b:02.1\n", out("vf", "create", "Eth0", "2"));
        out("vf", "create", "--probe-drivers", "3B:00.0", "2");
        daemon.divided = DivideResponse.getDefaultInstance();
        assertEquals("", out("vf", "create", "eth0", "0"));
        DivideRequest.Builder two = DivideRequest.newBuilder().setCount(2);
        assertEquals(List.of(two.setPhysical("Eth0").build(),
                two.setPhysical("0000:3b:00.0").setProbeDrivers(true).build(),
                DivideRequest.newBuilder().setPhysical("eth0").build()), all(DivideRequest.class));
    }

    @Test
    void whatIsNoNumberOfFunctions() {
        for (String count : List.of("many", "1.5", "65536", "", "99999999999")) {
            String said = err("vf", "create", "eth0", count);
            assertTrue(said.startsWith("jctl: invalid COUNT \"" + count + "\": expected the number of"
                    + " virtual functions, 0 to 65535; `jctl vf ls --physical`"), said);
        }
        assertTrue(err("vf", "create", "eth0", "--", "-1").startsWith("jctl: invalid COUNT \"-1\""));
        assertTrue(err("vf", "create", "eth0").contains("requires"));
        assertEquals(List.of(), all(DivideRequest.class));
    }

    @Test
    void aRefusalIsPassedOn() {
        daemon.refusal = Status.FAILED_PRECONDITION.withDescription("0000:3b:02.1 belongs to web");
        assertEquals("jctl: 0000:3b:02.1 belongs to web\n", err("vf", "create", "eth0", "4"));
    }

    @Test
    void makesFunctionsFree() {
        assertEquals("0000:3b:02.0\n0000:3b:02.2\n", out("vf", "reset", "3b:02.0", "0000:3b:02.2"));
        assertEquals(List.of("0000:3b:02.0", "0000:3b:02.2"),
                all(ResetRequest.class).stream().map(ResetRequest::getAddress).toList());
    }

    @Test
    void oneThatIsInUseKeepsNoOtherFromIt() {
        TestConsole console = fresh();
        assertEquals(1, console.run("vf", "reset", "0000:3b:02.1", "0000:3b:02.2"));
        assertEquals("0000:3b:02.2\n", console.out());
        assertEquals("jctl: 0000:3b:02.1: a program has it open\n", console.err());
        assertTrue(err("vf", "reset").contains("requires at least 1 argument"));
    }
}
