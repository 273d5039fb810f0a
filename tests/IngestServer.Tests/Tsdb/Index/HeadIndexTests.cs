using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Index;

public sealed class HeadIndexTests
{
    private readonly BlockSlab _blocks = new();
    private readonly SeriesKeys _keys;
    private readonly HeadIndex _index;

    /// <summary>The ids of every label pair.</summary>
    private readonly SortedDictionary<(string Name, string Value), List<uint>> _model = [];

    /// <summary>Key and id of every series.</summary>
    private readonly List<(uint Key, uint Id, Labels Labels)> _series = [];
    private long _sequence;

    public HeadIndexTests()
    {
        _keys = new SeriesKeys(_blocks, seed: 3);
        _index = new HeadIndex(_blocks, new Retirement(), seed: 3);
    }

    [Fact]
    public void Lists_are_those_of_a_dictionary_however_series_come_in_batches_and_go()
    {
        Gen gen = Gen.Create(301);
        for (int step = 0; step < 150; step++)
        {
            _sequence++;
            if (gen.OneIn(4))
            {
                RemoveSome(gen);
            }
            else
            {
                AddSome(gen, gen.Pick(1, 2, 3, 10, 100));
            }

            Assert.True(Matches(out string difference), $"{gen} at step {step}: {difference}");
        }

        Assert.True(_series.Count > 100, $"{gen}: a history that leaves nothing shows little");
    }

    [Fact]
    public void Neighbours_of_the_same_value_are_one_run_in_its_list()
    {
        for (int number = 0; number < 2_000; number++)
        {
            Add(Labels.FromStrings("__name__", "up", "n", number < 1_000 ? "first" : "second"));
        }

        _index.Finish(++_sequence);

        Assert.True(Matches(out string difference), difference);
        Assert.Equal(2_000, PostingLists.Count(ListOf("__name__", "up")));
        Assert.Equal(1_000, PostingLists.Count(ListOf("n", "second")));
        Assert.True(_index.TryGetName("n"u8, out LabelValues? values));
        Assert.Equal(2, values.LiveValues);
    }

    private void AddSome(Gen gen, int count)
    {
        for (int added = 0; added < count; added++)
        {
            // Values in runs, in turns and once only; some series lack a label.
            LabelsBuilder labels = new();
            labels.Append("__name__"u8, Encoding.UTF8.GetBytes($"m{gen.Int(3)}"));
            labels.Append("job"u8, Encoding.UTF8.GetBytes($"job{_series.Count / 7 % 5}"));
            if (!gen.OneIn(5))
            {
                labels.Append("mode"u8, Encoding.UTF8.GetBytes($"mode{added % 4}"));
            }

            labels.Append("unique"u8, Encoding.UTF8.GetBytes($"{_sequence}-{added}"));
            Add(labels.Build());
        }

        _index.Finish(_sequence);
    }

    private void Add(Labels labels)
    {
        byte[] raw = new byte[RawLabels.Measure(labels.Blob)];
        RawLabels.Write(labels.Blob, raw);
        uint key = _keys.Prepare(raw, series: (uint)_series.Count + 1);
        uint id = _index.Add(_keys.Get(key), (uint)_series.Count + 1, _sequence);
        _series.Add((key, id, labels));
        foreach (LabelPair label in labels)
        {
            (string, string) pair = (Encoding.UTF8.GetString(label.Name), Encoding.UTF8.GetString(label.Value));
            if (!_model.TryGetValue(pair, out List<uint>? ids))
            {
                _model.Add(pair, ids = []);
            }

            ids.Add(id);
        }
    }

    private void RemoveSome(Gen gen)
    {
        List<(uint Key, uint Id, Labels Labels)> removed = _series.FindAll(_ => gen.OneIn(3));
        _index.Remove(removed.ConvertAll(series => series.Key), removed.ConvertAll(series => series.Id), _keys, _sequence);
        foreach ((uint Key, uint Id, Labels Labels) series in removed)
        {
            _series.Remove(series);
            foreach (List<uint> ids in _model.Values)
            {
                ids.Remove(series.Id);
            }
        }
    }

    private bool Matches(out string difference)
    {
        Dictionary<string, int> live = [];
        foreach (((string name, string value), List<uint> ids) in _model)
        {
            uint single = 0;
            ReadOnlySpan<uint> found = _index.Lists.Ids(ListOf(name, value), new Span<uint>(ref single));
            if (!found.SequenceEqual(ids.ToArray()))
            {
                difference = $"{name}={value} has {string.Join(',', found.ToArray())}, expected {string.Join(',', ids)}";
                return false;
            }

            live[name] = live.GetValueOrDefault(name) + (ids.Count > 0 ? 1 : 0);
        }

        foreach ((string name, int values) in live)
        {
            int found = _index.TryGetName(Encoding.UTF8.GetBytes(name), out LabelValues? held) ? held.LiveValues : 0;
            if (found != values)
            {
                difference = $"{name} has {found} values, expected {values}";
                return false;
            }
        }

        difference = "";
        return true;
    }

    private ulong ListOf(string name, string value) =>
        _index.TryGetName(Encoding.UTF8.GetBytes(name), out LabelValues? values)
            ? values.ListOf(Encoding.UTF8.GetBytes(value))
            : 0;
}
