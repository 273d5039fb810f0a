using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Head;

public sealed class RetirementTests
{
    [Fact]
    public void A_piece_is_released_when_nobody_is_left_who_came_before_it_was_unlinked()
    {
        Retirement retirement = new();
        int early = retirement.Enter(out long seenEarly, out _);
        retirement.Retire(1, RetiredKind.Block, 7);
        retirement.Publish(1, 1);
        int late = retirement.Enter(out long seenLate, out _);

        Assert.Equal((0, 1), (seenEarly, seenLate));
        Assert.False(retirement.Release(retirement.OldestSequence(), out _));
        retirement.Leave(early);
        Assert.True(retirement.Release(retirement.OldestSequence(), out RetiredItem item));
        Assert.Equal(new RetiredItem(1, RetiredKind.Block, 7), item);
        retirement.Leave(late);
        Assert.Equal(0, retirement.Participants);
    }

    [Fact]
    public void Somebody_who_enters_during_a_commit_holds_back_what_it_unlinks()
    {
        Retirement retirement = new();
        retirement.Retire(1, RetiredKind.Block, 7);
        int during = retirement.Enter(out _, out _);
        retirement.Publish(1, 1);

        Assert.False(retirement.Release(retirement.OldestSequence(), out _));
        retirement.Leave(during);
        Assert.True(retirement.Release(retirement.OldestSequence(), out _));
    }

    [Fact]
    public void More_participants_than_places_get_places_of_their_own()
    {
        Retirement retirement = new();
        HashSet<int> places = [];
        for (int index = 0; index < 100; index++)
        {
            Assert.True(places.Add(retirement.Enter(out _, out _)));
        }

        Assert.Equal(100, retirement.Participants);
        foreach (int place in places)
        {
            retirement.Leave(place);
        }

        Assert.Equal(0, retirement.Participants);
    }
}
