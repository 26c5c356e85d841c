// Bring what the reader answers to life, once the page is there.

import { startExercises } from "./exercises.js";
import { showFinished } from "./finished.js";
import { startGuesses } from "./guesses.js";
import { startRecall } from "./recall.js";

startExercises();
startRecall();
startGuesses();
showFinished();
