using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Puts the samples of a scrape into an order in which series with the same labels are neighbours, whatever their metric: on a page
/// they are as far apart as its families are long, too far for Snappy's window of 64 KiB. Series whose labels are equally long come
/// together first: their messages begin with the same length, so one copy goes on from the end of a series into the next. The order is
/// found once per target, and again when its series change. Thread-safe.
/// </summary>
/// <remarks>
/// Measured on pages of 500 and 2,500 series in families of 10 to 500: 20.4 to 22.6 bytes a sample on the wire instead of 22.8 to
/// 26.6; a page like a node exporter's stays as it is, at 24. It costs some 15 ns a sample.
/// </remarks>
internal sealed class ScrapeOrders(SeriesTable table)
{
    /// <summary>Smaller scrapes lie within the window anyway.</summary>
    private const int MinSamples = 64;

    /// <summary>The labels of a scrape are laid side by side to be sorted; one that has more of them stays as it is.</summary>
    private const int MaxKeyBytes = 64 << 20;

    private const int UsualKeyBytes = 128;

    /// <summary>New targets come in numbers, so the buffer for their keys is kept, unless it is longer than this.</summary>
    private const int MaxKeptBytes = 1 << 20;

    private readonly Lock _ordersLock = new();
    private readonly SeriesTable _table = table;

    /// <summary>By the number of the scrape's first series, which stays the same as long as the target has it.</summary>
    private readonly Dictionary<SeriesRef, Order> _orders = [];

    /// <summary>A buffer for the keys of the next target, when nobody uses it.</summary>
    private ByteBuffer? _keys;

    /// <summary>Sorts the samples of one scrape. The order of those of one series stays.</summary>
    public void Apply(SampleList samples)
    {
        if (samples.Count < MinSamples)
        {
            return;
        }

        ReadOnlySpan<SeriesRef> series = samples.Columns.Series;
        SeriesRef first = series[0];
        ulong signature = SignatureOf(series);
        Order order;
        lock (_ordersLock)
        {
            order = _orders.GetValueOrDefault(first);
        }

        if (order.Signature != signature || order.Count != samples.Count)
        {
            order = new Order(signature, samples.Count, Find(series));
            lock (_ordersLock)
            {
                _orders[first] = order;
            }
        }

        if (order.Indexes is { } indexes)
        {
            samples.Reorder(indexes);
        }
    }

    /// <summary>The number may from now on stand for another series.</summary>
    public void Forget(SeriesRef series)
    {
        lock (_ordersLock)
        {
            _orders.Remove(series);
        }
    }

    private static ulong SignatureOf(ReadOnlySpan<SeriesRef> series)
    {
        ulong signature = 14695981039346656037;
        foreach (SeriesRef one in series)
        {
            signature = (signature ^ one.Value) * 1099511628211;
        }

        return signature;
    }

    /// <summary>Null where there is too much to sort.</summary>
    private int[]? Find(ReadOnlySpan<SeriesRef> series)
    {
        ByteBuffer keys = Interlocked.Exchange(ref _keys, null)
            ?? new ByteBuffer(Math.Min(series.Length, MaxKeyBytes / UsualKeyBytes) * UsualKeyBytes);
        keys.Clear();
        int[] ends = new int[series.Length];
        int[] lengths = new int[series.Length];
        int[] indexes = new int[series.Length];
        using (SeriesTable.LabelReader labels = _table.ReadLabels())
        {
            for (int index = 0; index < series.Length; index++)
            {
                lengths[index] = labels.LengthOf(series[index]);
                if (keys.Length + lengths[index] > MaxKeyBytes)
                {
                    return null;
                }

                AppendKey(labels.LabelsOf(series[index]), keys);
                ends[index] = keys.Length;
                indexes[index] = index;
            }
        }

        // By index last, so that samples of one series stay in order.
        Array.Sort(indexes, (left, right) =>
        {
            int order = lengths[left].CompareTo(lengths[right]);
            order = order != 0 ? order : KeyOf(left).SequenceCompareTo(KeyOf(right));
            return order != 0 ? order : left.CompareTo(right);
        });
        Volatile.Write(ref _keys, keys.Capacity <= MaxKeptBytes ? keys : null);
        return indexes;

        ReadOnlySpan<byte> KeyOf(int index) => keys.Written[(index == 0 ? 0 : ends[index - 1])..ends[index]];
    }

    /// <summary>The labels without the metric's name, then the name.</summary>
    private static void AppendKey(ReadOnlySpan<byte> blob, ByteBuffer keys)
    {
        ReadOnlySpan<byte> name = default;
        foreach (LabelPair label in new LabelsEnumerator(blob))
        {
            if (label.Name.SequenceEqual(LabelNames.MetricNameUtf8))
            {
                name = label.Value;
                continue;
            }

            keys.Append(label.Name);
            keys.Append((byte)0);
            keys.Append(label.Value);
            keys.Append((byte)0);
        }

        keys.Append(name);
    }

    private readonly record struct Order(ulong Signature, int Count, int[]? Indexes);
}
