using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Index;

public sealed class LabelSearchTests
{
    private const long Minute = 60_000;

    private static readonly string[] s_names = ["__name__", "job", "zone", "pod", "rare", "absent"];

    private static readonly DatabaseOptions s_options = TestDatabase.Options with
    {
        ChunkRange = TimeSpan.FromMinutes(10),
        OutOfOrderWindow = TimeSpan.FromMinutes(5),
    };

    [Fact]
    public void Names_and_values_are_those_of_the_series_that_a_walk_finds()
    {
        Gen gen = Gen.Create(83);
        for (int round = 0; round < 4; round++)
        {
            using TestDatabase test = new(options: s_options);
            Fill(test, gen);
            Assert.True(test.Database.UpkeepStats().Blocks > 0, $"{gen}");
            using DatabaseQuerier querier = test.Database.NewQuerier();
            for (int query = 0; query < 60; query++)
            {
                long minTimeMs = gen.Int(-5, 55) * Minute;
                long maxTimeMs = minTimeMs + (gen.Int(25) * Minute) + gen.Int(1000);
                List<Matcher> matchers = RandomMatchers(gen);
                List<Labels> series = querier.Series(matchers, minTimeMs, maxTimeMs);
                string shown = $"{{{string.Join(',', matchers)}}} from {minTimeMs} to {maxTimeMs}, {gen}";
                Same(NamesOf(series), querier.LabelNames([matchers], minTimeMs, maxTimeMs).Strings(), shown);
                foreach (string name in s_names)
                {
                    Same(ValuesOf(series, name), querier.LabelValues(name, [matchers], minTimeMs, maxTimeMs).Strings(), $"{name} of {shown}");
                }
            }
        }
    }

    [Fact]
    public void One_series_is_read_for_each_text_and_none_twice_that_has_no_samples()
    {
        PlainIndex index = new(1000, static id => [("__name__", "m"), ("job", $"{id % 10}"), ("index", $"{id}")]);
        PlainPart part = new(index, hasSamples: static id => id > 500);
        LabelCensus names = new(new TextSet(1));
        Search(index, part, from: 1).FindNames(names);
        Assert.Equal(3, names.Texts.Count);
        Assert.Equal(500 + 3, part.Reads);

        part.Reads = 0;
        LabelCensus jobs = new(new TextSet(1));
        Search(index, part, from: 1).FindValues("job"u8, jobs);
        Assert.Equal(10, jobs.Texts.Count);
        Assert.Equal(500 + 10, part.Reads);
    }

    [Fact]
    public void The_series_are_read_where_a_label_has_more_values_than_there_are_series()
    {
        PlainIndex index = new(100, static id => [("__name__", "m"), ("index", $"{id}")]);
        PlainPart part = new(index, hasSamples: static _ => true);
        LabelCensus values = new(new TextSet(1));
        Search(index, part, from: 98).FindValues("index"u8, values);
        Assert.Equal(3, values.Texts.Count);
        Assert.Equal(3, part.Reads);

        LabelCensus names = new(new TextSet(1));
        Search(index, part, from: 98).FindNames(names);
        Assert.Equal(2, names.Texts.Count);
        Assert.Equal(3 + 1 + 3, part.Reads);
    }

    [Fact]
    public void Values_that_a_matcher_of_their_label_refuses_are_not_looked_for()
    {
        PlainIndex index = new(1000, static id => [("__name__", "m"), ("job", $"{id % 10}")]);
        PlainPart part = new(index, hasSamples: static _ => true);
        LabelCensus jobs = new(new TextSet(1));
        Search(index, part, from: 1, new Matcher(MatcherType.NotEqual, "job", "3")).FindValues("job"u8, jobs);
        Assert.Equal(9, jobs.Texts.Count);
        Assert.Equal(9, index.Shown);
        Assert.Equal(9, part.Reads);
    }

    /// <summary>Among so many series, whatever has a place for each of them, be it four bytes, would be seen.</summary>
    [Fact]
    public void A_list_of_few_texts_allocates_nothing_that_grows_with_the_series()
    {
        const int SeriesCount = 40_000;
        using TestDatabase test = new();
        using (Appender appender = test.Database.NewAppender())
        {
            for (int index = 0; index < SeriesCount; index++)
            {
                Labels labels = Labels.FromStrings("__name__", $"m{index}", "job", "node", "mode", index % 2 == 0 ? "a" : "b", "zone", $"{index % 3}");
                appender.Append(TestDatabase.Series(appender, labels), 1000, 1);
            }

            appender.Commit();
        }

        List<Matcher> matchers = [new(MatcherType.Equal, "job", "node"), new(MatcherType.NotEqual, "zone", "2")];
        using DatabaseQuerier querier = test.Database.NewQuerier();
        // The first time, statics and code are made.
        Assert.Equal(["a", "b"], querier.LabelValues("mode", [matchers], 0, 2000).Strings());
        long before = GC.GetAllocatedBytesForCurrentThread();
        querier.LabelValues("mode", [matchers], 0, 2000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, SeriesCount / 8);
    }

    private static LabelSearch<PlainIndex, PlainPart> Search(
        PlainIndex index, PlainPart part, int from, params ReadOnlySpan<Matcher> more) =>
        new(index, [new Matcher(MatcherType.Equal, "", $"{from}"), .. more], part, CancellationToken.None);

    /// <summary>Series that come and go over an hour, some of which are deleted; the older ones end up in blocks.</summary>
    private static void Fill(TestDatabase test, Gen gen)
    {
        for (int minute = 0; minute < 60; minute++)
        {
            for (int index = 0; index < 8; index++)
            {
                LabelsBuilder labels = new();
                labels.Set("__name__", gen.Pick("up", "down", $"m{minute / 15}"));
                labels.Set("job", gen.Pick("a", "b", "c"));
                labels.Set("pod", $"{minute / 10}-{gen.Int(12)}");
                if (gen.OneIn(3))
                {
                    labels.Set("zone", gen.Pick("x", "y", "é"));
                }

                if (gen.OneIn(40))
                {
                    labels.Set("rare", $"{gen.Int(3)}");
                }

                long late = gen.OneIn(4) ? gen.Int(4) * Minute : 0;
                test.Append(labels.Build(), Math.Max(0, (minute * Minute) + gen.Int(1000) - late), gen.Int(10));
            }

            test.Database.Maintain();
            if (gen.OneIn(20))
            {
                long fromMs = gen.Int(60) * Minute;
                test.Database.Delete(RandomMatchers(gen), fromMs, fromMs + (gen.Int(20) * Minute));
            }
        }
    }

    private static List<Matcher> RandomMatchers(Gen gen)
    {
        List<Matcher> matchers = [gen.OneIn(2)
            ? new Matcher(MatcherType.Equal, "__name__", gen.Pick("up", "down", "m0", "m3"))
            : new Matcher(gen.Pick(MatcherType.Equal, MatcherType.NotEqual), "job", gen.Pick("a", "b", ""))];
        if (gen.OneIn(2))
        {
            matchers.Add(new Matcher(gen.Pick(MatcherType.Regex, MatcherType.NotRegex), "pod", gen.Pick("0-.*", ".*-1", ".+", "[12]-.")));
        }

        if (gen.OneIn(4))
        {
            matchers.Add(new Matcher(gen.Pick(MatcherType.Equal, MatcherType.NotEqual), gen.Pick("zone", "rare"), gen.Pick("", "x", "1")));
        }

        return matchers;
    }

    private static SortedSet<string> NamesOf(List<Labels> series)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (Labels labels in series)
        {
            foreach (LabelPair label in labels)
            {
                names.Add(Encoding.UTF8.GetString(label.Name));
            }
        }

        return names;
    }

    private static SortedSet<string> ValuesOf(List<Labels> series, string name)
    {
        SortedSet<string> values = new(StringComparer.Ordinal);
        foreach (Labels labels in series)
        {
            foreach (LabelPair label in labels)
            {
                if (Encoding.UTF8.GetString(label.Name) == name)
                {
                    values.Add(Encoding.UTF8.GetString(label.Value));
                }
            }
        }

        return values;
    }

    private static void Same(SortedSet<string> expected, List<string> found, string shown) =>
        Assert.True(string.Join(',', expected) == string.Join(',', found), $"{string.Join(',', expected)} and {string.Join(',', found)}: {shown}");

    /// <summary>An index of series from 1 on with the labels that a function gives them.</summary>
    private sealed class PlainIndex : IPostingIndex
    {
        private readonly Dictionary<string, SortedDictionary<string, List<uint>>> _lists = [];

        public PlainIndex(uint count, Func<uint, (string Name, string Value)[]> labelsOf)
        {
            IdEnd = count + 1;
            LabelsOf = labelsOf;
            for (uint id = 1; id < IdEnd; id++)
            {
                foreach ((string name, string value) in labelsOf(id))
                {
                    _lists.TryAdd(name, []);
                    _lists[name].TryAdd(value, []);
                    _lists[name][value].Add(id);
                }
            }
        }

        public uint IdEnd { get; }

        /// <summary>How many lists were taken.</summary>
        public int Shown { get; private set; }

        public Func<uint, (string Name, string Value)[]> LabelsOf { get; }

        /// <summary>A label without a name has the series from its value on.</summary>
        public PostingList ListOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            if (!name.IsEmpty)
            {
                return new PostingList([.. _lists[Encoding.UTF8.GetString(name)][Encoding.UTF8.GetString(value)]]);
            }

            List<uint> ids = [];
            for (uint id = uint.Parse(value, CultureInfo.InvariantCulture); id < IdEnd; id++)
            {
                ids.Add(id);
            }

            return new PostingList([.. ids]);
        }

        public ReadOnlySpan<uint> Ids(in PostingList list, Span<uint> single) => list.Read;

        public void AddSeriesWhere(Matcher matcher, bool matching, IdUnion union, CancellationToken cancel) =>
            throw new NotSupportedException();

        public uint[] All() => throw new NotSupportedException();

        public IEnumerable<(byte[] Name, int Values)> CountedNames()
        {
            foreach ((string name, SortedDictionary<string, List<uint>> values) in _lists)
            {
                yield return (Encoding.UTF8.GetBytes(name), values.Count);
            }
        }

        public int CountValues(ReadOnlySpan<byte> name) => _lists[Encoding.UTF8.GetString(name)].Count;

        public void VisitLists(ReadOnlySpan<byte> name, IListVisitor visitor, CancellationToken cancel)
        {
            foreach ((string value, List<uint> ids) in _lists[Encoding.UTF8.GetString(name)])
            {
                byte[] bytes = Encoding.UTF8.GetBytes(value);
                if (!visitor.Wants(bytes))
                {
                    continue;
                }

                Shown++;
                if (!visitor.Take(bytes, CollectionsMarshal.AsSpan(ids)))
                {
                    return;
                }
            }
        }
    }

    /// <summary>The series of an index; counts how often one is read.</summary>
    private sealed class PlainPart(PlainIndex index, Func<uint, bool> hasSamples) : ISelectedPart
    {
        private Labels _labels = Labels.Empty;

        public int Reads { get; set; }

        public bool TryRead(uint id)
        {
            Reads++;
            LabelsBuilder labels = new();
            foreach ((string name, string value) in index.LabelsOf(id))
            {
                labels.Set(name, value);
            }

            _labels = labels.Build();
            return hasSamples(id);
        }

        public void CountNames(LabelCensus names) => names.AddNames(new LabelsEnumerator(_labels.Blob));

        public void CountValue(ReadOnlySpan<byte> name, LabelCensus values) => values.AddValue(new LabelsEnumerator(_labels.Blob), name);
    }
}
