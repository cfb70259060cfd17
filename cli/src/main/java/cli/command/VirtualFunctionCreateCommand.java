package cli.command;

import api.function.DivideRequest;
import api.function.DivideResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Divides a physical function into virtual ones. */
final class VirtualFunctionCreateCommand implements Command {
    /** TotalVFs of the SR-IOV capability has 16 bits (PCI Express Base Specification, 9.3.3.6). */
    private static final int MOST = 65_535;

    @Override
    public Syntax syntax() {
        return new Syntax("vf create", "Divide a physical function into so many virtual ones, in place"
                + " of those it has; 0 removes them")
                .positionals("PF COUNT", 2, 2)
                .flag("probe-drivers", "Let the host's drivers bind to the new functions");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        DivideRequest request = DivideRequest.newBuilder()
                .setPhysical(FunctionFacts.address(arguments.positional(0)))
                .setCount(count(arguments.positional(1)))
                .setProbeDrivers(arguments.isOn("probe-drivers")).build();
        DivideResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("DivideFunction", request, DivideResponse.parser());
        }
        for (String function : response.getFunctionsList()) {
            console.println(function);
        }
        return 0;
    }

    private static int count(String word) throws UsageException {
        try {
            int count = Integer.parseInt(word);
            if (count >= 0 && count <= MOST) {
                return count;
            }
        } catch (NumberFormatException none) {
            throw malformed(word);
        }
        throw malformed(word);
    }

    private static UsageException malformed(String word) {
        return new UsageException("invalid COUNT \"" + word + "\": expected the number of virtual"
                + " functions, 0 to " + MOST + "; `jctl vf ls --physical` says how many a card can have");
    }
}
