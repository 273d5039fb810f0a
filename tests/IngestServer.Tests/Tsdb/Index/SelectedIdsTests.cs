using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Index;

public sealed class SelectedIdsTests
{
    private const uint IdEnd = 3000;

    [Fact]
    public void Ids_are_those_of_sets_however_they_are_asked_for()
    {
        Gen gen = Gen.Create(501);
        for (int round = 0; round < 300; round++)
        {
            SortedSet<uint> expected = [.. NoIndex.Instance.All()];
            List<PostingTerm<NoIndex>> required = [];
            List<PostingTerm<NoIndex>> excluded = [];
            for (int count = gen.Int(4); count > 0; count--)
            {
                required.Add(RandomTerm(gen, out HashSet<uint> ids));
                expected.IntersectWith(ids);
            }

            for (int count = gen.Int(3); count > 0; count--)
            {
                excluded.Add(RandomTerm(gen, out HashSet<uint> ids));
                expected.ExceptWith(ids);
            }

            bool hasRequired = required.Count > 0;
            SelectedIds<NoIndex> selected = new(NoIndex.Instance, required, excluded);
            for (int query = 0; query < 50; query++)
            {
                AssertSought(selected, (uint)gen.Int((int)IdEnd), expected, hasRequired, $"{gen} in round {round}");
            }

            int limit = gen.Pick(0, expected.Count - 1, expected.Count, gen.Int((int)IdEnd));
            bool isListed = selected.TryList(limit, out ReadOnlySpan<uint> listed);
            Assert.True(isListed == (hasRequired && expected.Count <= limit), $"{expected.Count} of {limit}, {gen} in round {round}");
            Assert.True(!isListed || listed.SequenceEqual([.. expected]), $"{gen} in round {round}");
            Assert.True(selected.ToArray().AsSpan().SequenceEqual([.. expected]), $"{gen} in round {round}");
        }
    }

    /// <summary>From an id on in the steps that it says itself, whatever is met is what there is.</summary>
    private static void AssertSought(
        SelectedIds<NoIndex> selected, uint from, SortedSet<uint> expected, bool hasRequired, string shown)
    {
        List<uint> found = [];
        for (uint id = from; id < IdEnd && found.Count < 5;)
        {
            uint next = selected.Seek(id);
            Assert.True(next >= id, shown);
            if (next == id)
            {
                // Without a required term every id that is not excluded counts, be there such a series or not.
                if (hasRequired || id > 0)
                {
                    found.Add(id);
                }

                next++;
            }

            id = next;
        }

        List<uint> wanted = [];
        foreach (uint id in expected.GetViewBetween(from, IdEnd))
        {
            if (wanted.Count < 5)
            {
                wanted.Add(id);
            }
        }

        Assert.True(string.Join(',', wanted) == string.Join(',', found), $"{string.Join(',', wanted)} and {string.Join(',', found)} from {from}, {shown}");
    }

    /// <summary>A list as an index has it, or several united: few of them, or so many that they become a bitmap.</summary>
    private static PostingTerm<NoIndex> RandomTerm(Gen gen, out HashSet<uint> ids)
    {
        ids = [];
        if (gen.OneIn(2))
        {
            uint[] list = RandomList(gen);
            ids.UnionWith(list);
            return new PostingTerm<NoIndex>(NoIndex.Instance, new PostingList(list));
        }

        IdUnion union = new(IdEnd);
        for (int lists = gen.Int(4); lists > 0; lists--)
        {
            uint[] list = RandomList(gen);
            ids.UnionWith(list);
            union.Add(list);
        }

        return union.ToTerm(NoIndex.Instance);
    }

    /// <summary>Ids with small or large gaps, of all or a part of what there are.</summary>
    private static uint[] RandomList(Gen gen)
    {
        List<uint> ids = [];
        int gap = gen.Pick(1, 2, 3, 30, 600);
        uint end = (uint)gen.Int((int)IdEnd) + 1;
        for (uint id = (uint)gen.Int((int)end) + 1; id < end; id += (uint)gen.Int(gap) + 1)
        {
            ids.Add(id);
        }

        return [.. ids];
    }

    /// <summary>Of an index only the lists that were read and the list of all are needed.</summary>
    private sealed class NoIndex : IPostingIndex
    {
        public static readonly NoIndex Instance = new();

        public uint IdEnd => SelectedIdsTests.IdEnd;

        public PostingList ListOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => throw new NotSupportedException();

        public ReadOnlySpan<uint> Ids(in PostingList list, Span<uint> single) => list.Read;

        public void AddSeriesWhere(Matcher matcher, bool matching, IdUnion union, CancellationToken cancel) =>
            throw new NotSupportedException();

        public uint[] All()
        {
            uint[] ids = new uint[IdEnd - 1];
            for (uint place = 0; place < ids.Length; place++)
            {
                ids[place] = place + 1;
            }

            return ids;
        }

        public IEnumerable<(byte[] Name, int Values)> CountedNames() => throw new NotSupportedException();

        public int CountValues(ReadOnlySpan<byte> name) => throw new NotSupportedException();

        public void VisitLists(ReadOnlySpan<byte> name, IListVisitor visitor, CancellationToken cancel) =>
            throw new NotSupportedException();
    }
}
