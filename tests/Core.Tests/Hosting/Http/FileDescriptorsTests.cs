using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Http;

public sealed class FileDescriptorsTests
{
    private const int Callers = FileDescriptors.SpareForCallers;
    private const int Upkeep = FileDescriptors.SpareForUpkeep;

    private readonly ManualTime _time = new();
    private int _open = 100;
    private int _looks;

    [Fact]
    public void Callers_get_none_of_those_that_are_spared_for_upkeep()
    {
        FileDescriptors descriptors = Create(1024);
        _open = 1024 - Callers;
        Assert.False(descriptors.TryTake(Callers));
        Assert.True(descriptors.TryTake(Upkeep));
        _open = 1024 - Upkeep;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(descriptors.TryTake(Upkeep));
    }

    [Fact]
    public void A_flood_between_two_looks_does_not_take_what_is_spared()
    {
        FileDescriptors descriptors = Create(1024);
        while (descriptors.TryTake(Callers))
        {
            _open++;
        }

        Assert.Equal(1024 - Callers, _open);
        Assert.InRange(_looks, 2, 20);
    }

    [Fact]
    public void What_files_and_threads_took_meanwhile_is_seen_within_a_second()
    {
        FileDescriptors descriptors = Create(1024);
        Assert.True(descriptors.TryTake(Callers));
        _open = 1000;
        Assert.True(descriptors.TryTake(Callers));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(descriptors.TryTake(Callers));
    }

    [Fact]
    public void What_was_given_back_can_be_taken_a_moment_later()
    {
        FileDescriptors descriptors = Create(1024);
        _open = 1024;
        Assert.False(descriptors.TryTake(Callers));
        _open = 200;
        Assert.False(descriptors.TryTake(Callers));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.True(descriptors.TryTake(Callers));
    }

    [Fact]
    public void When_not_even_a_look_is_possible_none_are_left()
    {
        FileDescriptors descriptors = new(1024, static () => throw new IOException("Too many open files"), _time);
        Assert.False(descriptors.TryTake(spare: 0));
    }

    [Theory]
    [InlineData(1024, Callers, 128)]
    [InlineData(512, Callers, 128)]
    [InlineData(200, Callers, 50)]
    [InlineData(1024, Upkeep, 64)]
    [InlineData(200, Upkeep, 25)]
    public void Of_a_low_limit_less_is_spared(int limit, int spare, int spared)
    {
        FileDescriptors descriptors = Create(limit);
        Assert.Equal(spared, descriptors.Spared(spare));
        _open = limit - spared;
        Assert.False(descriptors.TryTake(spare));
        _open = limit - spared - 1;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(descriptors.TryTake(spare));
    }

    [Fact]
    public void Without_a_limit_there_are_always_enough_and_nobody_looks()
    {
        FileDescriptors descriptors = new(limit: null, static () => throw new IOException("there is no /proc"), _time);
        Assert.True(descriptors.TryTake(Callers));
    }

    [Fact]
    public void Those_of_this_process_are_known()
    {
        if (!OperatingSystem.IsLinux())
        {
            Oracle.Absent("only Linux shows a process its file descriptors");
        }

        Assert.NotNull(FileDescriptors.OfProcess.Limit);
        Assert.True(FileDescriptors.OfProcess.TryTake(Upkeep));
    }

    private FileDescriptors Create(int limit) => new(limit, Count, _time);

    private int Count()
    {
        _looks++;
        return _open;
    }
}
