using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>One observation as FORMAT.md draws it. Names stand in the order of their bytes.</summary>
internal static class ObservationCodec
{
    private static readonly int s_losses = Enum.GetValues<UsageLoss>().Length;

    public static void Write(ByteBuffer target, Observation observation)
    {
        UsageFile.AppendGuid(target, observation.Id);
        target.AppendVarint(observation.StartedMs);
        target.AppendVarint(observation.UpdatedMs);
        target.AppendDoubleLittleEndian(observation.WatchedSeconds);
        target.AppendUvarint((ulong)observation.Period);
        target.AppendDoubleLittleEndian(observation.CurrentSeconds);
        target.AppendDoubleLittleEndian(observation.PreviousSeconds);
        target.AppendUvarint((ulong)observation.DecodedWrites);
        target.AppendUvarint((ulong)s_losses);
        for (int loss = 0; loss < s_losses; loss++)
        {
            target.AppendUvarint((ulong)observation.LossesOf((UsageLoss)loss));
        }

        target.AppendUvarint((ulong)observation.Workspaces.Count);
        foreach ((string name, WorkspaceUsage workspace) in Ordered(observation.Workspaces))
        {
            target.AppendLengthPrefixed(System.Text.Encoding.UTF8.GetBytes(name));
            Write(target, workspace, observation.Period);
        }
    }

    /// <summary>Reads one; null when it is cut off or cannot have been written.</summary>
    public static Observation? Read(ref SpanReader source, UsageBounds bounds)
    {
        Guid id = UsageFile.ReadGuid(ref source);
        Observation observation = new(id, source.ReadVarint()) { Bounds = bounds };
        long updatedMs = source.ReadVarint();
        double watched = source.ReadDoubleLittleEndian();
        long period = source.ReadUvarintInt32();
        double current = source.ReadDoubleLittleEndian();
        double previous = source.ReadDoubleLittleEndian();
        observation.DecodedWrites = (long)source.ReadUvarint();
        if (!IsDuration(watched) || !IsDuration(current) || !IsDuration(previous) || period < 1 || id == Guid.Empty)
        {
            return null;
        }

        observation.Restore(updatedMs, watched, period, current, previous);
        int losses = source.ReadUvarintInt32();
        if (losses > s_losses)
        {
            return null;
        }

        for (int loss = 0; loss < losses; loss++)
        {
            observation.Lose((UsageLoss)loss, (long)(source.ReadUvarint() & long.MaxValue));
        }

        int workspaces = source.ReadUvarintInt32();
        for (int index = 0; index < workspaces && !source.Truncated; index++)
        {
            if (!TryReadText(ref source, out string name)
                || observation.Restored(name) is not { } workspace
                || !TryRead(ref source, observation, workspace))
            {
                return null;
            }
        }

        observation.EndRestore();
        return source.Truncated ? null : observation;
    }

    private static void Write(ByteBuffer target, WorkspaceUsage workspace, long period)
    {
        target.AppendUvarint((ulong)workspace.Written.Count);
        foreach ((byte[] name, MetricWrites writes) in Ordered(workspace.Written))
        {
            target.AppendLengthPrefixed(name);
            target.AppendVarint(writes.FirstMs);
            target.AppendVarint(writes.LastMs);
            Write(target, writes.CurrentAt(period));
            Write(target, writes.PreviousAt(period));
        }

        target.AppendUvarint((ulong)workspace.Reads.Count);
        foreach ((byte[] name, ReadTally tally) in Ordered(workspace.Reads))
        {
            target.AppendLengthPrefixed(name);
            Write(target, tally);
        }

        target.AppendUvarint((ulong)workspace.Patterns.Count);
        foreach ((_, PatternReads pattern) in Ordered(workspace.Patterns))
        {
            target.AppendUvarint((ulong)pattern.Condition.Patterns.Count);
            foreach (Matcher matcher in pattern.Condition.Patterns)
            {
                target.Append((byte)matcher.Type);
                target.AppendLengthPrefixed(matcher.Utf8Value.Span);
            }

            Write(target, pattern.Tally);
        }

        Write(target, workspace.All);
        target.AppendUvarint((ulong)workspace.Examples.Count);
        foreach ((string selector, ReadTally tally) in Ordered(workspace.Examples))
        {
            target.AppendLengthPrefixed(System.Text.Encoding.UTF8.GetBytes(selector));
            Write(target, tally);
        }
    }

    private static void Write(ByteBuffer target, PeriodWrites writes)
    {
        target.AppendDoubleLittleEndian(writes.Samples);
        (writes.Series ?? new DistinctCounter()).AppendTo(target);
    }

    private static void Write(ByteBuffer target, ReadTally tally)
    {
        target.AppendUvarint((ulong)tally.Counts.Count);
        foreach (ReadCount count in tally.Counts)
        {
            target.Append((byte)count.Kind);
            target.AppendUvarint((ulong)count.Count);
            target.AppendVarint(count.LastMs);
        }
    }

    private static bool TryRead(ref SpanReader source, Observation observation, WorkspaceUsage workspace)
    {
        int metrics = source.ReadUvarintInt32();
        for (int index = 0; index < metrics && !source.Truncated; index++)
        {
            byte[] name = source.ReadLengthPrefixed().ToArray();
            MetricWrites writes = new(source.ReadVarint());
            long lastMs = source.ReadVarint();
            if (!TryRead(ref source, out PeriodWrites current) || !TryRead(ref source, out PeriodWrites previous)
                || !workspace.Written.TryAdd(name, writes))
            {
                return false;
            }

            writes.Restore(observation.Period, current, previous, lastMs);
        }

        int names = source.ReadUvarintInt32();
        for (int index = 0; index < names && !source.Truncated; index++)
        {
            byte[] name = source.ReadLengthPrefixed().ToArray();
            if (ReadTallyOf(ref source) is not { } tally || !workspace.Reads.TryAdd(name, tally))
            {
                return false;
            }
        }

        int patterns = source.ReadUvarintInt32();
        for (int index = 0; index < patterns && !source.Truncated; index++)
        {
            if (ReadPattern(ref source) is not { } condition || ReadTallyOf(ref source) is not { } tally
                || !workspace.Patterns.TryAdd(condition.Text, new PatternReads(condition, tally)))
            {
                return false;
            }
        }

        if (ReadTallyOf(ref source) is not { } all)
        {
            return false;
        }

        workspace.All.Add(all);
        int examples = source.ReadUvarintInt32();
        for (int index = 0; index < examples && !source.Truncated; index++)
        {
            if (!TryReadText(ref source, out string selector) || ReadTallyOf(ref source) is not { } tally
                || !workspace.Examples.TryAdd(selector, tally))
            {
                return false;
            }
        }

        return !source.Truncated;
    }

    private static bool TryRead(ref SpanReader source, out PeriodWrites writes)
    {
        double samples = source.ReadDoubleLittleEndian();
        DistinctCounter? series = DistinctCounter.Read(ref source);
        writes = new PeriodWrites { Samples = samples, Series = series };
        return series is not null && samples >= 0 && double.IsFinite(samples);
    }

    private static NameCondition? ReadPattern(ref SpanReader source)
    {
        int count = source.ReadUvarintInt32();
        List<(MatcherType, string)> matchers = [];
        for (int index = 0; index < count && !source.Truncated; index++)
        {
            byte type = source.ReadByte();
            if (type > (byte)MatcherType.NotRegex || !TryReadText(ref source, out string value))
            {
                return null;
            }

            matchers.Add(((MatcherType)type, value));
        }

        return source.Truncated || matchers.Count == 0 ? null : NameCondition.OfPatterns(matchers);
    }

    private static ReadTally? ReadTallyOf(ref SpanReader source)
    {
        ReadTally tally = new();
        int kinds = source.ReadUvarintInt32();
        for (int index = 0; index < kinds && !source.Truncated; index++)
        {
            byte kind = source.ReadByte();
            long count = (long)(source.ReadUvarint() & long.MaxValue);
            long lastMs = source.ReadVarint();
            if (source.Truncated || !ReaderKindNames.IsKnown(kind))
            {
                return null;
            }

            tally.Add((ReaderKind)kind, count, lastMs);
        }

        return source.Truncated ? null : tally;
    }

    private static bool TryReadText(ref SpanReader source, out string text)
    {
        ReadOnlySpan<byte> bytes = source.ReadLengthPrefixed();
        bool isText = System.Text.Unicode.Utf8.IsValid(bytes);
        text = isText ? System.Text.Encoding.UTF8.GetString(bytes) : "";
        return isText && !source.Truncated;
    }

    private static bool IsDuration(double seconds) => seconds >= 0 && double.IsFinite(seconds);

    private static List<KeyValuePair<byte[], T>> Ordered<T>(Dictionary<byte[], T> table)
    {
        List<KeyValuePair<byte[], T>> ordered = [.. table];
        ordered.Sort(static (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        return ordered;
    }

    private static List<KeyValuePair<string, T>> Ordered<T>(IEnumerable<KeyValuePair<string, T>> table)
    {
        List<KeyValuePair<string, T>> ordered = [.. table];
        ordered.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return ordered;
    }
}
