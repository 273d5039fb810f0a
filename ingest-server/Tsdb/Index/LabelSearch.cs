using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Finds the names, or the values of one name, that the series of a selection have. A posting list knows which series have a text, so
/// for each text one series is looked for that is selected and has samples between the times, instead of reading the labels of all that
/// are selected. Where a label has more values than there are series, those are read.
/// </summary>
/// <remarks>
/// A series that turns out to have no samples is not asked again: at most every selected series is read once, and one for each text.
/// </remarks>
internal sealed class LabelSearch<TIndex, TPart>(TIndex index, TPart part, CancellationToken cancel)
    where TIndex : IPostingIndex
    where TPart : ISelectedPart
{
    /// <summary>The selected series that may have samples between the times; null until lists are compared with them.</summary>
    private IdSet? _candidates;

    /// <summary>Adds the names that are not found yet.</summary>
    public void FindNames(LabelCensus found)
    {
        if (part.Ids.IsEmpty)
        {
            return;
        }

        List<(byte[] Name, int Values)> names = [];
        foreach ((byte[] name, int values) in index.CountedNames())
        {
            if (!found.Contains(name))
            {
                names.Add((name, values));
            }
        }

        names.Sort(static (left, right) => left.Values.CompareTo(right.Values));
        foreach ((byte[] name, int values) in names)
        {
            if (values > part.Ids.Length)
            {
                ReadNames(found);
                return;
            }

            NameVisitor visitor = new(this);
            index.VisitLists(name, visitor, cancel);
            if (visitor.IsFound)
            {
                found.Add(name);
            }
        }
    }

    /// <summary>Adds the values of a label that are not found yet.</summary>
    public void FindValues(ReadOnlySpan<byte> name, LabelCensus found)
    {
        if (part.Ids.IsEmpty)
        {
            return;
        }

        if (index.CountValues(name) > part.Ids.Length)
        {
            ReadValues(name, found);
        }
        else
        {
            index.VisitLists(name, new ValueVisitor(this, found), cancel);
        }
    }

    private void ReadNames(LabelCensus found)
    {
        foreach (uint id in part.Ids)
        {
            cancel.ThrowIfCancellationRequested();
            if (part.TryRead(id))
            {
                part.CountNames(found);
            }
        }
    }

    private void ReadValues(ReadOnlySpan<byte> name, LabelCensus found)
    {
        foreach (uint id in part.Ids)
        {
            cancel.ThrowIfCancellationRequested();
            if (part.TryRead(id))
            {
                part.CountValue(name, found);
            }
        }
    }

    /// <summary>Whether one of these series is selected and has samples between the times.</summary>
    private bool AnyOf(ReadOnlySpan<uint> ids)
    {
        _candidates ??= IdSet.Of(part.Ids);
        foreach (uint id in ids)
        {
            if (!_candidates.Contains(id))
            {
                continue;
            }

            if (part.TryRead(id))
            {
                return true;
            }

            _candidates.Remove(id);
        }

        return false;
    }

    private sealed class NameVisitor(LabelSearch<TIndex, TPart> search) : IListVisitor
    {
        public bool IsFound { get; private set; }

        public bool Wants(ReadOnlySpan<byte> value) => true;

        public bool Take(ReadOnlySpan<byte> value, ReadOnlySpan<uint> ids)
        {
            IsFound = search.AnyOf(ids);
            return !IsFound;
        }
    }

    private sealed class ValueVisitor(LabelSearch<TIndex, TPart> search, LabelCensus found) : IListVisitor
    {
        public bool Wants(ReadOnlySpan<byte> value) => !found.Contains(value);

        public bool Take(ReadOnlySpan<byte> value, ReadOnlySpan<uint> ids)
        {
            if (search.AnyOf(ids))
            {
                found.Add(value);
            }

            return true;
        }
    }
}
