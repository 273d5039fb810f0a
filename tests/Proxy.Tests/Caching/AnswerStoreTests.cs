using System.Globalization;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Caching;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.Caching;

public sealed class AnswerStoreTests
{
    private readonly MetricRegistry _registry = new();
    private readonly CacheMetrics _metrics;
    private readonly ManualTime _time = new();

    public AnswerStoreTests() => _metrics = new CacheMetrics(_registry);

    [Fact]
    public void An_answer_ends_with_its_lifetime()
    {
        AnswerStore store = new(1 << 20, _metrics, _time);
        store.Set("a", Answer(10, TimeSpan.FromSeconds(5)));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.True(store.TryGet("a", out _));
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.False(store.TryGet("a", out _));
        Assert.Equal(0, Gauge("ampedge_proxy_cache_bytes"));
        Assert.Equal(0, Gauge("ampedge_proxy_cache_answers"));
    }

    [Fact]
    public void What_nobody_asked_for_the_longest_time_goes_first()
    {
        AnswerStore store = new(3 * (1000 + 400), _metrics, _time);
        store.Set("a", Answer(1000));
        store.Set("b", Answer(1000));
        store.Set("c", Answer(1000));
        Assert.True(store.TryGet("a", out _));
        store.Set("d", Answer(1000));

        Assert.True(store.TryGet("a", out _));
        Assert.False(store.TryGet("b", out _));
        Assert.True(store.TryGet("c", out _));
        Assert.True(store.TryGet("d", out _));
        Assert.Equal(1, Gauge("ampedge_proxy_cache_evictions_total"));
    }

    [Fact]
    public void It_never_holds_more_than_it_may_and_counts_what_it_holds()
    {
        const long Most = 20_000;
        Gen gen = Gen.Create(73);
        AnswerStore store = new(Most, _metrics, _time);
        for (int round = 0; round < 3000; round++)
        {
            string key = gen.Int(40).ToString(CultureInfo.InvariantCulture);
            if (gen.Bool())
            {
                store.Set(key, Answer(gen.Int(gen.OneIn(20) ? 40_000 : 3000), TimeSpan.FromSeconds(gen.Int(60))));
            }
            else if (store.TryGet(key, out CachedAnswer? found))
            {
                Assert.True(_time.GetElapsedTime(found.StoredAt) < found.Lifetime, gen.ToString());
            }

            _time.Advance(TimeSpan.FromSeconds(gen.Int(3)));
            double held = Gauge("ampedge_proxy_cache_bytes");
            Assert.True(held is >= 0 and <= Most, $"{held}, {gen}");
            Assert.True((held == 0) == (Gauge("ampedge_proxy_cache_answers") == 0), gen.ToString());
        }

        store.Clear();
        Assert.Equal(0, Gauge("ampedge_proxy_cache_bytes"));
        Assert.Equal(0, Gauge("ampedge_proxy_cache_answers"));
    }

    private CachedAnswer Answer(int bytes, TimeSpan? lifetime = null) =>
        new([], new byte[bytes], _time.GetTimestamp(), lifetime ?? TimeSpan.FromHours(1));

    private double Gauge(string name)
    {
        System.Buffers.ArrayBufferWriter<byte> page = new();
        _registry.WriteTo(page, AmpEdge.Prometheus.ExpositionFormat.Text004);
        foreach (string line in Encoding.UTF8.GetString(page.WrittenSpan).Split('\n'))
        {
            if (line.StartsWith(name + " ", StringComparison.Ordinal))
            {
                return double.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"there is no {name}");
    }
}
