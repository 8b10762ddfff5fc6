using System.Text;
using Dkron.Host.Scheduling;

namespace Dkron.Host.Tests.Scheduling;

public sealed class OddInputTests
{
    private const int Texts = 100_000;

    private static readonly string[] Pieces =
    [
        "*", "?", "~", "/", "-", ",", "#", "L", "W", "l", "w", "H", " ", "  ", "\t", "\n", "0", "1", "5", "7", "12", "29", "30", "31", "59", "60", "99999999999", "-1", "+1", "1.5",
        "mon", "sun", "SAT", "feb", "december", "@", "@every", "@at", "@daily", "@manually", "@every ", "@at ", "1h", "5m", "0s", "1d", "9999999h", "ns", "2030-01-01T00:00:00Z", "T", "Z", "+14:00", "-23:59",
        "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.9999999-23:59", "TZ=", "CRON_TZ=", "TZ=UTC ", "TZ=Europe/Madrid ", "TZ=../", "Local", "\0", "\u202E", "\uD800", "\uDC00", "😀", "ß", "٣", "１", "İ", "\u00A0", "\u2003", "\uFEFF", "%", "{0}", "\"", "'", "\\", ";", "$(x)",
    ];

    private static readonly string[] Whole = ["0 0 0 1 1 *", "*/5 * * * *", "0 0 0 L * 5#2", "0 ~/7 1-5,9 15W feb-nov/2 mon-fri", "TZ=Asia/Tokyo @daily", "@every 1h30m", "@at 2030-01-01T00:00:00.123+05:30", "@manually"];

    private static readonly DateTimeOffset[] Moments = [DateTimeOffset.MinValue, Times.At("2026-03-29T00:59:59.5Z"), Times.At("2026-11-01T05:30:00Z"), DateTimeOffset.MaxValue];

    [Fact]
    public void Any_text_gives_times_or_one_clear_error()
    {
        var random = new Random(5);
        var (schedules, errors) = (0, 0);

        for (var i = 0; i < Texts; i++)
        {
            var text = Odd(random);
            var zone = random.Next(50) == 0 ? Odd(random) : random.Next(2) == 0 ? "America/New_York" : "";
            if (Schedule.TryParse(text, zone, Odd(random), out var schedule, out var error))
            {
                schedules++;
                error.Should().BeNull();
                schedule.Text.Should().Be(text);
                var moment = Moments[random.Next(Moments.Length)];
                (schedule.Next(moment, Moments[random.Next(Moments.Length)]) is not { } next || next > moment).Should().BeTrue("'{0}' is due later than {1:O}", text, moment);
            }
            else
            {
                errors++;
                schedule.Should().BeNull();
                error.Should().NotBeNullOrWhiteSpace();
                (error!.Length < 300 && !error.Any(char.IsControl) && error.Contains("expected", StringComparison.Ordinal) | error.Contains("takes n", StringComparison.Ordinal) | error.Contains("case count", StringComparison.Ordinal))
                    .Should().BeTrue("'{0}' gives a clear error, not '{1}'", text, error);
            }
        }

        schedules.Should().BeGreaterThan(Texts / 50);
        errors.Should().BeGreaterThan(Texts / 2);
    }

    private static string Odd(Random random)
    {
        var text = new StringBuilder(random.Next(2) == 0 ? Whole[random.Next(Whole.Length)] : "");
        for (var edits = random.Next(text.Length == 0 ? 12 : 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length + 1);
            switch (random.Next(text.Length == 0 ? 1 : 6))
            {
                case 0 or 1:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    text.Insert(at, (char)random.Next(0x10000));
                    break;
                case 3:
                    text.Append(' ').Append(Pieces[random.Next(Pieces.Length)]);
                    break;
                case 4:
                    text.Remove(Math.Min(at, text.Length - 1), 1);
                    break;
                default:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)], random.Next(100) == 0 ? 1000 : 2);
                    break;
            }
        }

        return text.ToString();
    }
}
