package overlaynet.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NAPTRRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import overlaynet.network.NetworkNames;

/** The records of names that a client's networks have. */
final class OwnNames {
    /** Short: containers come and go, and the way here is short. */
    private static final int TTL_SECONDS = 5;
    /** Of what is not there (RFC 2308, 5): who waits for a service is to see it soon. */
    private static final int NEGATIVE_TTL_SECONDS = 2;
    /** All tasks are as good, and there is nobody to fall back on (RFC 2782). */
    private static final int SRV_PRIORITY = 0;
    private static final int SRV_WEIGHT = 10;
    private static final int NAPTR_ORDER_STEP = 10;
    private static final int NAPTR_PREFERENCE = 10;
    /** RFC 3263, 4.1, and RFC 4168, 6. */
    private static final Map<String, String> SIP_SERVICES = Map.of("_sip._udp", "SIP+D2U", "_sip._tcp", "SIP+D2T",
            "_sips._tcp", "SIPS+D2T", "_sip._sctp", "SIP+D2S");
    private static final Name REVERSE = Name.fromConstantString("arpa.");
    /** Nobody reads mail to it (RFC 2606, 2). */
    private static final Name NOBODY = Name.fromConstantString("nobody.invalid.");

    private OwnNames() {}

    /** What there is to say about a name. */
    sealed interface Found {
        /**
         * It is there.
         *
         * @param records    of the type asked for, maybe none
         * @param additional what is asked for next
         * @param start      of the zone, said where there are no records
         */
        record Records(List<Record> records, List<Record> additional, Record start) implements Found {}

        /** Nobody but these networks could have it, and they have it not. */
        record Nothing(Record start) implements Found {}

        /** It is below a service's name, and may be the world's: {@code example.app} beside a service {@code app}. */
        record NothingHere(Record start) implements Found {}

        /** It is no name of theirs. */
        record Others() implements Found {}
    }

    /**
     * Looks a question up.
     *
     * @throws TextParseException if a name of the networks is longer than names can be
     */
    static Found find(Record asked, Directory.View view) throws TextParseException {
        return asked.getName().subdomain(REVERSE) ? reverse(asked, view) : forward(asked, view);
    }

    private static Found reverse(Record asked, Directory.View view) throws TextParseException {
        Optional<InetAddress> address = reversed(asked.getName());
        if (address.isEmpty()) {
            return new Found.Others();
        }
        for (NetworkNames network : view.networks()) {
            Optional<String> name = network.nameOf(address.get());
            if (name.isPresent()) {
                Record record = new PTRRecord(asked.getName(), DClass.IN, TTL_SECONDS, absolute(name.get()));
                boolean wanted = asked.getType() == Type.PTR || asked.getType() == Type.ANY;
                return new Found.Records(wanted ? List.of(record) : List.of(), List.of(), start(asked.getName()));
            }
        }
        return view.networks().stream().anyMatch(network -> network.covers(address.get()))
                ? new Found.Nothing(start(new Name(asked.getName(), 1))) : new Found.Others();
    }

    private static Optional<InetAddress> reversed(Name name) {
        try {
            return Optional.of(ReverseMap.fromName(name));
        } catch (IOException | RuntimeException noAddress) {
            return Optional.empty();
        }
    }

    private static Found forward(Record asked, Directory.View view) throws TextParseException {
        String text = asked.getName().toString(true).toLowerCase(Locale.ROOT);
        Optional<List<InetAddress>> addresses = view.networks().stream()
                .flatMap(network -> network.addresses(text).stream()).findFirst();
        Optional<NetworkNames.Place> lacking = Optional.empty();
        for (NetworkNames network : view.networks()) {
            Optional<NetworkNames.Place> place = network.place(text);
            if (place.isPresent() && place.get().exists()) {
                return ofService(asked, addresses.orElse(List.of()), place.get(), network);
            }
            lacking = lacking.or(() -> place);
        }
        if (addresses.isEmpty() && lacking.isEmpty()) {
            return new Found.Others();
        }
        Record start = start(lacking.isPresent() ? absolute(lacking.get().zone()) : asked.getName());
        if (addresses.isPresent()) {
            return new Found.Records(records(asked, addresses.get()), List.of(), start);
        }
        return lacking.get().isReserved() ? new Found.Nothing(start) : new Found.NothingHere(start);
    }

    private static Found ofService(Record asked, List<InetAddress> addresses, NetworkNames.Place place,
            NetworkNames network) throws TextParseException {
        Record start = start(absolute(place.zone()));
        Optional<NetworkNames.NamedPort> port = place.port();
        List<Record> records = new ArrayList<>(records(asked, addresses));
        List<Record> additional = new ArrayList<>();
        if (port.isPresent() && asked.getType() == Type.SRV) {
            for (String task : place.service().tasks()) {
                Name target = absolute(task + place.suffix());
                records.add(new SRVRecord(asked.getName(), DClass.IN, TTL_SECONDS, SRV_PRIORITY, SRV_WEIGHT,
                        port.get().port(), target));
                network.addresses(task).stream().flatMap(List::stream)
                        .forEach(each -> additional.add(record(target, each)));
            }
            Collections.shuffle(records);
        } else if (place.below().isEmpty() && asked.getType() == Type.NAPTR) {
            for (NetworkNames.NamedPort each : place.service().ports()) {
                String service = SIP_SERVICES.get(each.name());
                if (service != null) {
                    records.add(new NAPTRRecord(asked.getName(), DClass.IN, TTL_SECONDS,
                            (records.size() + 1) * NAPTR_ORDER_STEP, NAPTR_PREFERENCE, "s", service, "",
                            absolute(each.name() + "." + place.zone())));
                }
            }
        }
        return new Found.Records(records, additional, start);
    }

    private static List<Record> records(Record asked, List<InetAddress> addresses) {
        List<Record> records = new ArrayList<>();
        for (InetAddress address : addresses) {
            Record record = record(asked.getName(), address);
            if (asked.getType() == record.getType() || asked.getType() == Type.ANY) {
                records.add(record);
            }
        }
        Collections.shuffle(records); // whoever takes the first spreads over those of one name
        return records;
    }

    private static Record record(Name name, InetAddress address) {
        return address.getAddress().length == Integer.BYTES ? new ARecord(name, DClass.IN, TTL_SECONDS, address)
                : new AAAARecord(name, DClass.IN, TTL_SECONDS, address);
    }

    /** What a negative answer is cached by (RFC 2308, 3); nobody transfers a zone, so its numbers say no more. */
    static Record start(Name zone) {
        return new SOARecord(zone, DClass.IN, NEGATIVE_TTL_SECONDS, zone, NOBODY, 1, NEGATIVE_TTL_SECONDS,
                NEGATIVE_TTL_SECONDS, NEGATIVE_TTL_SECONDS, NEGATIVE_TTL_SECONDS);
    }

    private static Name absolute(String name) throws TextParseException {
        return Name.fromString(name + ".");
    }
}
