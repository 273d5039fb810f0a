using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

// FORMAT.md:
//   +-----------------+----------+-------+- - - - - - -+- - -+-----------+
//   | magic AEUSAGE1  | owner 16 | count | observation | …   | CRC32C, 4 |
//   +-----------------+----------+-------+- - - - - - -+- - -+-----------+

/// <summary>The state file's bytes. The same state has the same bytes.</summary>
internal static class UsageFile
{
    /// <summary>A larger file is none of ours.</summary>
    public const int MaxBytes = 512 << 20;

    public static ReadOnlySpan<byte> Magic => "AEUSAGE1"u8;

    public static void Write(ByteBuffer target, UsageState state)
    {
        int start = target.Length;
        target.Append(Magic);
        AppendGuid(target, state.Owner);
        target.AppendUvarint((ulong)state.Observations.Count);
        List<Observation> ordered = [.. state.Observations];
        ordered.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        foreach (Observation observation in ordered)
        {
            ObservationCodec.Write(target, observation);
        }

        target.AppendUInt32LittleEndian(Crc32C.Compute(target.Written[start..]));
    }

    /// <summary>Reads a whole file; null, and what is wrong, when it is damaged or no state file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="bounds">Those of the observations that come out of it; what is in the file is taken whole.</param>
    /// <param name="problem">What is wrong.</param>
    public static UsageState? Read(ReadOnlySpan<byte> file, UsageBounds bounds, out string problem)
    {
        const int Frame = 8 + 16 + 4;
        problem = "";
        if (file.Length < Frame || !file.StartsWith(Magic))
        {
            problem = "it does not begin as a usage state of this version does";
            return null;
        }

        uint expected = new SpanReader(file[^4..]).ReadUInt32LittleEndian();
        if (Crc32C.Compute(file[..^4]) != expected)
        {
            problem = "its checksum does not fit its content";
            return null;
        }

        SpanReader reader = new(file[Magic.Length..^4]);
        Guid owner = ReadGuid(ref reader);
        int count = reader.ReadUvarintInt32();
        List<Observation> observations = [];
        HashSet<Guid> seen = [];
        for (int index = 0; index < count && !reader.Truncated; index++)
        {
            if (ObservationCodec.Read(ref reader, bounds) is not { } observation || !seen.Add(observation.Id))
            {
                problem = $"observation {index + 1} of {count} cannot be read";
                return null;
            }

            observations.Add(observation);
        }

        if (reader.Truncated || !reader.AtEnd)
        {
            problem = "its content ends too early or too late";
            return null;
        }

        return new UsageState(owner, observations);
    }

    internal static void AppendGuid(ByteBuffer target, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        target.Append(bytes);
    }

    internal static Guid ReadGuid(ref SpanReader source)
    {
        ReadOnlySpan<byte> bytes = source.ReadBytes(16);
        return bytes.IsEmpty ? Guid.Empty : new Guid(bytes, bigEndian: true);
    }
}
