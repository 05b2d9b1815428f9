// The sentences that ship with Adze for calibrating int8, of many kinds, so that activation ranges are near those of
// users' texts. Not here: the measuring.

/// Texts for calibration.
enum CalibrationTexts {
    /// Reviews, questions, news, messages, instructions, code, other languages; short, long, clean and untidy.
    static let all = [
        "The museum opens at nine and closes at half past five, except on Mondays.",
        "She asked whether the 3:15 train to Leeds had left already.",
        "I really liked the acting, but the story went nowhere.",
        "What is the capital of Mongolia?",
        "Please reset my password, the link in your e-mail does not work.",
        "Prices rose by 4.2% in March, the statistics office said on Friday.",
        "Worst service ever!!! I waited two hours and nobody came.",
        "The committee postponed its decision until further evidence is available.",
        "My card was charged twice for the same order #48213.",
        "In 1969 two men walked on the Moon while a third stayed in orbit.",
        "How do I cook rice without burning it?",
        "The patient was given 20 mg of the drug twice a day for six weeks.",
        "It's a quiet, gentle film about growing old.",
        "def main(): print('hello, world')",
        "Rain is expected in the north, with snow above 800 metres.",
        "Thanks a lot, that solved it :-)",
        "The contract may be terminated by either party upon thirty days' written notice.",
        "He scored twice in the last ten minutes and Valencia won 3-2.",
        "Who wrote the opera 'Fidelio'?",
        "This phone's battery lasts two days, which is more than I expected.",
        "Shares of the company fell sharply after the announcement.",
        "Can you tell me when my parcel will arrive?",
        "The soup was cold, the waiter rude, and the bill wrong.",
        "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.",
        "Free entry! Text WIN to 80086 now to claim your prize.",
        "Nobody knows why the bees left the valley that summer.",
        "Ich habe das Buch gestern gelesen und fand es großartig.",
        "La reunión empieza a las diez de la mañana.",
        "Le train pour Lyon est en retard d'une vingtaine de minutes.",
        "A small boat drifted slowly towards the harbour.",
        "The algorithm runs in O(n log n) time and needs linear memory.",
        "Not bad at all, though I would not watch it again.",
        "Turn left after the bridge, then go straight on for two miles.",
        "ok",
        "No.",
        "awful, just awful",
        "Dear Sir or Madam, I am writing to complain about the noise from the building site next door.",
        "https://example.org/index.html?id=42&lang=en",
        "Mix the flour with two eggs, a pinch of salt and enough milk to make a smooth batter; let it rest.",
        "The defendant pleaded not guilty to all charges on Tuesday morning.",
        "What's the exchange rate between the euro and the yen today?",
        "I'd like to book a table for four at eight o'clock, please, by the window if possible.",
        "An unusually warm winter has brought the cherry trees into blossom three weeks early.",
        "SELECT name, price FROM products WHERE price < 100 ORDER BY name;",
        "lol that was soooo funny 😂😂",
        "The quarterly report shows revenue of $1.3 billion, up from $1.1 billion a year earlier.",
        "Whales are mammals: they breathe air, bear live young and nurse them.",
        """
        The first hour promises more than the second can keep. What begins as a sharp comedy about a family that cannot \
        stop lying to itself turns, with the arrival of the uncle, into a rather ordinary thriller, and not even the \
        fine performance of the younger daughter saves the ending.
        """,
        """
        To replace the filter, switch the machine off and let it cool down. Open the cover on the left side, pull the old \
        filter out, rinse the holder under running water, and insert the new one until it clicks. Then press and hold the \
        button for five seconds.
        """,
        """
        The valley was settled around 1200 by farmers who had crossed the pass from the west. They kept goats and grew rye, \
        and for centuries the only road out was closed from November to May. The railway, finished in 1907, changed \
        everything within one generation.
        """,
    ]
}
