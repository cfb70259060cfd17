package cli.command;

import api.function.ListRequest;
import api.function.ListResponse;
import api.function.PhysicalFunction;
import api.function.VirtualFunction;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints all there is to know about functions of PCI cards, as JSON. */
final class VirtualFunctionInspectCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("vf inspect", "Print all there is to know of virtual or physical functions")
                .positionals("FUNCTION [FUNCTION...]", 1, Syntax.ANY)
                .value('f', "format", "string", "\"json\", or a template like {{.NetworkDevice}}")
                .value('o', "output", "string", "\"json\" or \"yaml\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ListResponse all;
        try (NodeClient client = NodeClient.connect(console)) {
            all = client.unary("ListVirtualFunctions", ListRequest.getDefaultInstance(),
                    ListResponse.parser());
        }
        int code = 0;
        List<Object> found = new ArrayList<>();
        for (String word : arguments.positionals()) {
            Map<String, Object> facts = facts(word, all);
            if (facts.isEmpty()) {
                console.say("jctl: no such function: " + word + ": `jctl vf ls` and"
                        + " `jctl vf ls --physical` list those there are");
                code = 1;
            } else {
                found.add(facts);
            }
        }
        InspectCommand.printValues(found, arguments, console);
        return code;
    }

    /** Empty if there is none; of a whole card that is given away undivided both kinds of facts. */
    private static Map<String, Object> facts(String word, ListResponse all) {
        Map<String, Object> facts = new LinkedHashMap<>();
        for (VirtualFunction function : all.getVirtualList()) {
            if (FunctionFacts.isNamed(word, function.getAddress(), function.getNetworkDevice())) {
                facts.putAll(FunctionFacts.of(function, all));
                break;
            }
        }
        for (PhysicalFunction function : all.getPhysicalList()) {
            if (FunctionFacts.isNamed(word, function.getAddress(), function.getName())) {
                FunctionFacts.of(function, all).forEach(facts::putIfAbsent);
                break;
            }
        }
        return facts;
    }
}
