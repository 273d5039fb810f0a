using System.Runtime.InteropServices;
using System.Text;

namespace AmpEdge.Tsdb;

/// <summary>
/// What the series of a block are made of, by walking all of them once. Churn counts series by the share of the block's time
/// that they are absent: two series of half the time count as one.
/// </summary>
public sealed class BlockAnalysis
{
    private readonly Block _block;

    /// <summary>By the numbers of name and value.</summary>
    private readonly Dictionary<(uint Name, uint Value), Tally> _pairs = [];
    private readonly Dictionary<uint, Tally> _names = [];

    private BlockAnalysis(Block block) => _block = block;

    /// <summary>Series in the block.</summary>
    public int Series { get; private set; }

    /// <summary>Labels of all series together.</summary>
    public long Labels { get; private set; }

    public int LabelNames => _names.Count;

    public int LabelPairs => _pairs.Count;

    /// <summary>Walks a block.</summary>
    /// <exception cref="BlockCorruptionException">It cannot be read.</exception>
    public static BlockAnalysis Of(Block block, CancellationToken cancel = default)
    {
        BlockAnalysis analysis = new(block);
        BlockSeries series = new();
        foreach (uint reference in block.Index.Postings.All())
        {
            cancel.ThrowIfCancellationRequested();
            block.Index.ReadSeries(reference, series);
            analysis.Add(series);
        }

        return analysis;
    }

    /// <summary>Label pairs by churn.</summary>
    public List<NamedCount> PairChurn(int limit) => PairsBy(limit, AbsentSeries);

    /// <summary>Label names by churn.</summary>
    public List<NamedCount> NameChurn(int limit)
    {
        List<NamedCount> rows = [];
        foreach ((uint name, Tally tally) in _names)
        {
            rows.Add(new NamedCount(Text(name), AbsentSeries(tally)));
        }

        return Top(rows, limit);
    }

    /// <summary>Label pairs by their series.</summary>
    public List<NamedCount> PairSeries(int limit) => PairsBy(limit, static tally => tally.Series);

    /// <summary>Label names by the bytes of all their values.</summary>
    public List<NamedCount> ValueBytes(int limit) => ValuesBy(limit, static value => value.Length);

    /// <summary>Label names by the number of their values.</summary>
    public List<NamedCount> ValueCounts(int limit) => ValuesBy(limit, static _ => 1);

    /// <summary>Metric names by their series.</summary>
    public List<NamedCount> MetricSeries(int limit)
    {
        List<NamedCount> rows = [];
        foreach (((uint name, uint value), Tally tally) in _pairs)
        {
            if (Text(name) == Prometheus.LabelNames.MetricName)
            {
                rows.Add(new NamedCount(Text(value), tally.Series));
            }
        }

        return Top(rows, limit);
    }

    private static List<NamedCount> Top(List<NamedCount> rows, int limit)
    {
        rows.Sort(static (left, right) =>
        {
            int byCount = right.Count.CompareTo(left.Count);
            return byCount != 0 ? byCount : string.CompareOrdinal(left.Name, right.Name);
        });
        return rows.Count <= limit ? rows : rows.GetRange(0, limit);
    }

    private void Add(BlockSeries series)
    {
        long firstMs = long.MaxValue;
        long lastMs = long.MinValue;
        foreach (ChunkMeta chunk in series.Chunks)
        {
            firstMs = Math.Min(firstMs, chunk.MinTimeMs);
            lastMs = Math.Max(lastMs, chunk.MaxTimeMs);
        }

        double absentMs = (double)_block.Meta.MaxTimeMs - _block.Meta.MinTimeMs - ((double)lastMs - firstMs);
        ReadOnlySpan<uint> symbols = series.Symbols;
        for (int index = 0; index < symbols.Length; index += 2)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_pairs, (symbols[index], symbols[index + 1]), out _).Add(absentMs);
            CollectionsMarshal.GetValueRefOrAddDefault(_names, symbols[index], out _).Add(absentMs);
        }

        Series++;
        Labels += symbols.Length / 2;
    }

    private long AbsentSeries(Tally tally) =>
        (long)(tally.AbsentMs / Math.Max(1.0, (double)_block.Meta.MaxTimeMs - _block.Meta.MinTimeMs));

    private List<NamedCount> PairsBy(int limit, Func<Tally, long> count)
    {
        List<NamedCount> rows = [];
        foreach (((uint name, uint value), Tally tally) in _pairs)
        {
            rows.Add(new NamedCount($"{Text(name)}={Text(value)}", count(tally)));
        }

        return Top(rows, limit);
    }

    private List<NamedCount> ValuesBy(int limit, Func<byte[], long> count)
    {
        Dictionary<uint, long> sums = [];
        foreach ((uint name, uint value) in _pairs.Keys)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(sums, name, out _) += count(_block.Index.Symbols.Get(value).ToArray());
        }

        List<NamedCount> rows = [];
        foreach ((uint name, long sum) in sums)
        {
            rows.Add(new NamedCount(Text(name), sum));
        }

        return Top(rows, limit);
    }

    private string Text(uint symbol) => Encoding.UTF8.GetString(_block.Index.Symbols.Get(symbol));

    /// <summary>Counted for a pair or a name.</summary>
    private struct Tally
    {
        public long Series;

        /// <summary>How long these series are absent from the block, added up.</summary>
        public double AbsentMs;

        public void Add(double absentMs)
        {
            Series++;
            AbsentMs += absentMs;
        }
    }
}
